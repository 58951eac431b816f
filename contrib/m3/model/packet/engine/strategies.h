// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_STRATEGIES_H
#define M3_STRATEGIES_H

// Load balancing and recovery as strategies (Rules::STRATEGIES). An engine without them has one path per flow and
// go-back-N, and none of this costs it anything.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

/// What of the network a load balancing sees.
template <class Rules>
class PacketEngine<Rules>::View final : public BalancingView
{
  public:
    /// \param engine must outlive it
    explicit View(PacketEngine& engine)
        : m_engine(engine)
    {
    }

    uint64_t BacklogBytes(LinkId egress) const override
    {
        const Port& port = m_engine.m_ports[egress];
        const int64_t leftNs = port.freeNs - m_engine.m_wheel.Now();
        return port.queuedBytes + port.pfcBytes +
               (leftNs > 0 ? static_cast<uint64_t>(static_cast<double>(leftNs) * static_cast<double>(port.rate) / 8e9)
                           : 0);
    }

    uint32_t Random(NodeId node, uint32_t count) override
    {
        // SplitMix64 (Steele et al., OOPSLA 2014), which begins with what the node's stream of ns-3's generator draws
        uint64_t& state = m_engine.m_nodeRandoms[node];
        if (state == 0)
        {
            constexpr double ALL = 0x1p32;
            state = static_cast<uint64_t>(m_engine.m_nodeSeeds.Draw(node) * ALL) << 32 |
                    static_cast<uint64_t>(m_engine.m_nodeSeeds.Draw(node) * ALL);
        }
        state += 0x9e3779b97f4a7c15U;
        uint64_t mixed = (state ^ state >> 30) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
        return static_cast<uint32_t>(((mixed ^ mixed >> 31) >> 32) * count >> 32);
    }

  private:
    PacketEngine& m_engine;
};

template <class Rules>
void PacketEngine<Rules>::SetUpStrategies()
{
    if constexpr (Rules::STRATEGIES)
    {
        if (const auto& make = LoadBalancingOf(m_config.loadBalancing).make)
        {
            m_balancing = make(m_config);
            m_hopSets.emplace(m_fabric);
            m_nodeRandoms.resize(m_fabric.NodeCount());
        }
        m_makeRecovery = RecoveryOf(m_config.recovery).make;
    }
}

/// Whether switches choose the next hops of data packets.
template <class Rules>
[[gnu::always_inline]] inline bool PacketEngine<Rules>::IsBalanced() const
{
    return Rules::STRATEGIES && m_balancing;
}

/// Whether a queue pair has a recovery other than go-back-N.
template <class Rules>
[[gnu::always_inline]] inline bool PacketEngine<Rules>::Recovers(Slot slot) const
{
    return Rules::STRATEGIES && m_strategies[slot].recovery;
}

/// A queue pair starts. \param pair is set up otherwise
template <class Rules>
void PacketEngine<Rules>::StartStrategies(Slot slot)
{
    if constexpr (Rules::STRATEGIES)
    {
        m_strategies.resize(m_pairs.size());
        PairStrategies& own = m_strategies[slot];
        const QueuePair& pair = m_pairs[slot];
        own.recovery = m_makeRecovery ? m_makeRecovery(m_nicConfigs.at(pair.lineRate)) : nullptr;
        if (m_balancing)
        {
            own.entropies = m_balancing->MakeEntropySource();
            own.hops = m_hopSets->TableOf(m_flows[pair.flow].dst);
        }
    }
}

/// A sender has built a data packet, and moved on.
template <class Rules>
inline void PacketEngine<Rules>::NoteSent(Slot slot, PacketIndex index)
{
    if constexpr (Rules::STRATEGIES)
    {
        if (index >= m_packetNotes.size())
        {
            m_packetNotes.resize(index + 1);
        }
        PairStrategies& own = m_strategies[slot];
        QueuePair& pair = m_pairs[slot];
        PacketNote& note = m_packetNotes[index];
        note.seq = m_packets[index].seq;
        note.hops = own.hops;
        note.entropy = 0;
        if (own.entropies)
        {
            View view(*this);
            note.entropy = own.entropies->Next(m_ports[pair.nic].from, view);
        }
        if (own.recovery)
        {
            own.recovery->OnSent(pair, note.seq);
        }
    }
}

/// A data packet has come. \return what the receiver answers
template <class Rules>
Answer PacketEngine<Rules>::ReceiveBy(Slot slot, uint64_t seq, uint64_t payloadBytes)
{
    if constexpr (Rules::STRATEGIES)
    {
        QueuePair& pair = m_pairs[slot];
        const uint64_t before = pair.expected;
        const Answer answer = m_strategies[slot].recovery->OnData(pair, seq, payloadBytes);
        if (pair.expected == before)
        {
            return answer;
        }
        const bool answers = Rules::Acknowledges(m_config, before, pair.expected, pair.size);
        if (pair.expected >= pair.size)
        {
            OnReceived(pair.flow);
        }
        return answer == Answer::ACK && !answers ? Answer::NONE : answer;
    }
    return Answer::NONE;
}

/// The sender of a flow that goes on has an answer, and has taken what it acknowledges.
template <class Rules>
void PacketEngine<Rules>::HearAnswer(Slot slot, PacketIndex index)
{
    if constexpr (Rules::STRATEGIES)
    {
        const PairStrategies& own = m_strategies[slot];
        QueuePair& pair = m_pairs[slot];
        const EnginePacket& answer = m_packets[index];
        if (own.entropies)
        {
            own.entropies->OnAnswer(m_packetNotes[index].entropy, answer.ecn);
        }
        if (!own.recovery)
        {
            return;
        }
        const bool repeated = pair.nextToSend < pair.highestSent;
        own.recovery->OnAnswer(pair, answer.kind == PacketKind::NACK, m_packetNotes[index].seq);
        NoteRepetition(pair);
        if (!repeated && pair.nextToSend < pair.highestSent)
        {
            TellLoss(slot);
        }
        if (m_timeouts && TimesOut(pair) && pair.rtoDeadlineNs == 0 && pair.nextToSend > pair.acked)
        {
            RestartTimeout(slot); // what goes next has moved on, and something is on its way
        }
    }
}

template <class Rules>
void PacketEngine<Rules>::RecoverFromTimeout(Slot slot)
{
    if constexpr (Rules::STRATEGIES)
    {
        m_strategies[slot].recovery->OnTimeout(m_pairs[slot]);
        NoteRepetition(m_pairs[slot]);
    }
}

/// Packets that are about to be sent again give no samples of the RTT.
template <class Rules>
inline void PacketEngine<Rules>::NoteRepetition(QueuePair& pair)
{
    pair.resentBefore = pair.nextToSend < pair.highestSent ? pair.highestSent : pair.resentBefore;
}

/// The first byte that its sender has not sent yet, as its congestion control sees it.
template <class Rules>
inline uint64_t PacketEngine<Rules>::NextNewByte(Slot slot) const
{
    const QueuePair& pair = m_pairs[slot];
    return Recovers(slot) ? std::max(pair.nextToSend, pair.highestSent) : pair.nextToSend;
}

/// Whether the switches choose the next hops of a packet.
template <class Rules>
[[gnu::always_inline]] inline bool PacketEngine<Rules>::ChoosesHops(const EnginePacket& packet) const
{
    return IsBalanced() && packet.kind == PacketKind::DATA;
}

/// Chooses where a packet that has come to a switch goes. \return whether there is a way; else it is lost
template <class Rules>
[[gnu::always_inline]] inline bool PacketEngine<Rules>::ChooseHop(PacketIndex index, LinkId& egress)
{
    if constexpr (Rules::STRATEGIES)
    {
        const PacketNote& note = m_packetNotes[index];
        const LinkId link = m_packets[index].link;
        const HopSets::Set& set = m_hopSets->At(note.hops, link, *m_routes);
        if (set.count == 1)
        {
            egress = *set.links;
        }
        else if (set.count == 0)
        {
            DropPacket(index, m_result.linkLosses);
            return false;
        }
        else
        {
            View view(*this);
            const uint32_t hop = m_balancing->Choose({m_ports[*set.links].from,
                                                      set.group,
                                                      set.links,
                                                      set.count,
                                                      m_pairs[m_packets[index].queuePair].flow,
                                                      note.entropy,
                                                      m_wheel.Now()},
                                                     view);
            if (hop >= set.count)
            {
                throw InputError("load balancing " + LoadBalancingOf(m_config.loadBalancing).name +
                                 " has chosen next hop " + std::to_string(hop) + " of " + std::to_string(set.count));
            }
            egress = set.links[hop];
        }
    }
    return true;
}

/// Whether a packet of a flow that is balanced has come to its host at the end of a link.
template <class Rules>
inline bool PacketEngine<Rules>::LeadsToReceiver(LinkId link, const EnginePacket& packet) const
{
    return m_fabric.Link(link).to == m_flows[m_pairs[packet.queuePair].flow].dst;
}

/// Bytes of a packet that the switch at the end of a link waits for, whatever next hop it will choose.
template <class Rules>
uint64_t PacketEngine<Rules>::AwaitedByAnyHop(PacketIndex index, LinkId link)
{
    uint64_t bytes = 0;
    if constexpr (Rules::STRATEGIES)
    {
        const HopSets::Set& set = m_hopSets->At(m_packetNotes[index].hops, link, *m_routes);
        for (uint32_t hop = 0; hop < set.count; hop++)
        {
            bytes = std::max(bytes, AwaitedBytes(m_packets[index], set.links[hop]));
        }
    }
    return bytes == 0 ? m_packets[index].wireBytes : bytes;
}

} // namespace ns3::m3

#endif // M3_STRATEGIES_H
