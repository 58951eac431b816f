// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_GO_BACK_N_H
#define M3_GO_BACK_N_H

// Go-back-N, the recovery of queue pairs that have no other: the receiver takes what comes in order, and says with a
// NACK when something else comes; the sender goes back to what is acknowledged, at a NACK or a timeout.
#include "packet-engine.h"

namespace ns3::m3
{

/// A data packet has come. \return what the receiver answers
template <class Rules>
[[gnu::always_inline]] inline Answer
PacketEngine<Rules>::ReceiveInOrder(QueuePair& pair, uint64_t seq, uint64_t payloadBytes)
{
    if (seq == pair.expected)
    {
        const uint64_t before = pair.expected;
        pair.expected += payloadBytes;
        const bool answers = Rules::Acknowledges(m_config, before, pair.expected, pair.size);
        if (pair.expected >= pair.size && !(Rules::FORGETS_RECEIVERS && pair.ended))
        {
            OnReceived(pair.flow);
        }
        return answers ? Answer::ACK : Answer::NONE;
    }
    if (seq > pair.expected)
    {
        const int64_t now = m_wheel.Now();
        if (now >= pair.nackAgainNs || pair.lastNacked != pair.expected)
        {
            pair.nackAgainNs = now + Rules::NackAgainNs(pair.baseRttNs);
            pair.lastNacked = pair.expected;
            return Answer::NACK;
        }
        return Answer::NONE;
    }
    return Rules::ACKNOWLEDGES_DUPLICATES ? Answer::ACK : Answer::NONE;
}

/// The sender begins again with what is not acknowledged.
template <class Rules>
inline void PacketEngine<Rules>::GoBack(QueuePair& pair)
{
    pair.nextToSend = pair.acked;
    pair.resentBefore = pair.highestSent;
}

} // namespace ns3::m3

#endif // M3_GO_BACK_N_H
