// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ECN_MARKING_H
#define M3_ECN_MARKING_H

// ECN marking at a switch port (RFC 3168) by the data that a packet leaves behind, with DCQCN's RED-like profile (Zhu
// et al., SIGCOMM 2015, section 3.1), of which DCTCP's threshold is the case Kmin = Kmax.
#include "packet-engine.h"

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::Mark(LinkId link, uint32_t priority, EnginePacket& packet)
{
    const uint64_t queued = QueuedOf(link, priority);
    const EcnProfile& ecn = m_ecn[link * CLASSES + priority];
    bool mark = queued > ecn.kmaxBytes;
    if (!mark)
    {
        const double probability =
            ecn.pmax * static_cast<double>(queued - ecn.kminBytes) / static_cast<double>(ecn.kmaxBytes - ecn.kminBytes);
        mark = m_rules.DrawForMark(link) < probability;
    }
    if (mark && packet.kind != PacketKind::DATA)
    {
        packet.ackMarked = true;
    }
    else if (mark)
    {
        packet.ecn = true;
        m_result.ecnMarks++;
        if (m_observer)
        {
            m_observer->OnEcnMark(link, m_pairs[packet.queuePair].flow);
        }
    }
}

} // namespace ns3::m3

#endif // M3_ECN_MARKING_H
