// SPDX-License-Identifier: GPL-2.0-only
// What not every packet meets at a port: PFC, ECN marking, telemetry, loss.
#include "host.h"

#include <algorithm>

namespace ns3::m3
{

PacketEngine::TxTime PacketEngine::TxTimeOf(const Port& port, uint32_t bytes) const
{
    if (!m_standard)
    {
        return {HpccTxTimeNs(bytes, port.rate), 0};
    }
    const uint64_t scaled = bytes * 8'000'000'000U;
    return {static_cast<int64_t>(scaled / port.rate), scaled % port.rate};
}

void PacketEngine::TellOfFrame(LinkId link, PacketIndex index) const
{
    const EnginePacket& frame = m_packets[index];
    const bool pfc = frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME;
    m_observer->OnFrame({link,
                         frame.kind,
                         pfc ? 0 : m_pairs[frame.queuePair].flow,
                         pfc ? 0 : frame.seq,
                         frame.wireBytes,
                         !pfc && frame.ecn});
}

void PacketEngine::StartPfcTransmission(LinkId link)
{
    Port& port = m_ports[link];
    const PacketIndex frame = port.pfcHead;
    port.pfcHead = m_packets[frame].next;
    port.pfcBytes -= PFC_FRAME_BYTES;
    if (m_observer)
    {
        TellOfFrame(link, frame);
    }
    OccupyWire(link, PFC_FRAME_BYTES);
    m_wheel.Schedule(port.freeNs + port.delayNs, EventType::PFC_ARRIVAL, frame, link);
}

void PacketEngine::SetLossy(LinkId link)
{
    const bool wasDown = !m_downNs.empty() && m_downNs[link] >= 0;
    const bool lossy = !m_ports[link].up || wasDown || m_fabric.Link(link).errorRate > 0;
    m_lossyLinks += lossy;
    m_lossyLinks -= m_lossy[link];
    m_lossy[link] = lossy;
}

/// Whether a frame that arrives now was on the wire, or had begun to be sent, when its link went down.
bool PacketEngine::SentBeforeOutage(LinkId link, uint32_t bytes) const
{
    const Port& port = m_ports[link];
    return !m_downNs.empty() && m_wheel.Now() - port.delayNs - TxTimeOf(port, bytes).ns <= m_downNs[link];
}

bool PacketEngine::LostOnLink(const EnginePacket& packet)
{
    const LinkId link = packet.link;
    if (!m_lossy[link])
    {
        return false;
    }
    if (!m_ports[link].up || SentBeforeOutage(link, packet.wireBytes))
    {
        return true;
    }
    const double errorRate = m_fabric.Link(link).errorRate;
    if (errorRate == 0)
    {
        return false;
    }
    auto& stream = m_lossStreams[link];
    if (!stream)
    {
        stream = MakeStream(m_fabric.LinkCount() + link);
    }
    return stream->RandU01() < errorRate;
}

void PacketEngine::DropPacket(PacketIndex index, uint64_t& counter)
{
    const EnginePacket& packet = m_packets[index];
    const Slot slot = packet.queuePair;
    counter++;
    if (m_standard && !m_timeouts)
    {
        ExpectLosses();
    }
    if (m_observer)
    {
        m_observer->OnDrop(packet.link, m_pairs[slot].flow);
    }
    m_pairs[slot].inFlight--;
    m_packets.Free(index);
    ReleaseIfUnused(slot);
}

void PacketEngine::OnPfcFrame(LinkId link, PacketIndex packet)
{
    const LinkId egress = ReverseLink(link);
    const bool pause = m_packets[packet].kind == PacketKind::PAUSE;
    m_packets.Free(packet);
    if (!m_ports[link].up || SentBeforeOutage(link, PFC_FRAME_BYTES))
    {
        return;
    }
    const PfcEvent event{m_wheel.Now(), m_ports[egress].from, m_fabric.Link(egress).port, pause};
    if (m_recordPfc)
    {
        m_result.pfc.push_back(event);
    }
    if (m_observer)
    {
        m_observer->OnPfc(event);
    }
    m_ports[egress].paused = pause;
    if (!pause)
    {
        Kick(egress);
    }
}

void PacketEngine::Mark(LinkId link, EnginePacket& packet)
{
    const uint64_t queued = m_ports[link].queuedBytes;
    const EcnProfile& ecn = m_ecn[link];
    bool mark = queued > ecn.kmaxBytes;
    if (!mark)
    {
        const double probability =
            ecn.pmax * static_cast<double>(queued - ecn.kminBytes) / static_cast<double>(ecn.kmaxBytes - ecn.kminBytes);
        mark = DrawForMark(link) < probability;
    }
    if (mark && packet.kind == PacketKind::DATA)
    {
        packet.ecn = true;
        m_result.ecnMarks++;
        if (m_observer)
        {
            m_observer->OnEcnMark(link, m_pairs[packet.queuePair].flow);
        }
    }
}

double PacketEngine::DrawForMark(LinkId link)
{
    if (!m_standard)
    {
        return RngStream(1, m_nextStream++, m_config.run).RandU01();
    }
    auto& stream = m_markStreams[link];
    if (!stream)
    {
        stream = MakeStream(link);
    }
    return stream->RandU01();
}

void PacketEngine::SendPfcFrame(LinkId ingress, PacketKind kind)
{
    m_nextStream++; // the HPCC simulator makes a random variable with every PFC frame
    const PacketIndex index = m_packets.Allocate();
    EnginePacket& frame = m_packets[index];
    frame.next = NO_PACKET;
    frame.wireBytes = PFC_FRAME_BYTES;
    frame.kind = kind;
    const LinkId egress = ReverseLink(ingress);
    Port& port = m_ports[egress];
    if (port.pfcHead == NO_PACKET)
    {
        port.pfcHead = index;
    }
    else
    {
        m_packets[port.pfcTail].next = index;
    }
    port.pfcTail = index;
    port.pfcBytes += PFC_FRAME_BYTES;
    Kick(egress);
}

void PacketEngine::AddLogarithm(LinkId link, PacketIndex packet)
{
    constexpr double BITS_PER_S_OF_BYTE_PER_NS = 8e9;
    const Port& port = m_ports[link];
    const double utilisation = m_pintPorts[link].Update(m_wheel.Now(),
                                                        m_packets[packet].wireBytes,
                                                        port.queuedBytes + port.pfcBytes,
                                                        static_cast<double>(port.rate) / BITS_PER_S_OF_BYTE_PER_NS,
                                                        static_cast<double>(*m_config.baseRttNs));
    m_packets.RaiseLogarithm(packet, PintLogarithm(m_config.pintLogBase, utilisation, Random(link)), link);
}

void PacketEngine::AddTelemetry(LinkId link, PacketIndex packet)
{
    const Port& port = m_ports[link];
    const uint64_t queued = port.queuedBytes + port.pfcBytes;
    const auto now = static_cast<uint64_t>(m_wheel.Now());
    if (m_standard)
    {
        m_packets.AddTelemetry(
            packet,
            {now, port.txBytes, port.rate, static_cast<uint32_t>(std::min<uint64_t>(queued, UINT32_MAX)), link});
        return;
    }
    // fields of 24, 20 and 17 bits, as in the HPCC simulator
    const uint64_t multi = m_config.hpccIntMulti;
    m_packets.AddTelemetry(packet,
                           {now & 0xffffff,
                            port.txBytes / (128 * multi) & 0xfffff,
                            port.rate,
                            static_cast<uint32_t>(queued / (80 * multi) & 0x1ffff),
                            link});
}

} // namespace ns3::m3
