// Ports and switches: transmission, shared buffer, PFC, ECN marking, telemetry.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

void PacketEngine::Kick(LinkId link)
{
    Port& port = m_ports[link];
    if (!Busy(port))
    {
        TransmitNext(link);
    }
    else if (!port.freeQueued)
    {
        port.freeQueued = true;
        m_wheel.Insert(port.freeNs, port.freeNumber, EventType::PORT_FREE, 0, link);
    }
}

void PacketEngine::TransmitNext(LinkId link)
{
    Port& port = m_ports[link];
    if (port.pfcHead != NO_PACKET)
    {
        const PacketIndex packet = port.pfcHead;
        port.pfcHead = m_packets[packet].next;
        port.pfcBytes -= PFC_FRAME_BYTES;
        StartTransmission(link, packet);
    }
    else if (port.fromHost)
    {
        HostTransmit(link);
    }
    else if (port.head != NO_PACKET && !port.paused)
    {
        SwitchTransmit(link);
    }
}

PacketEngine::TxTime PacketEngine::TxTimeOf(const Port& port, uint64_t bytes) const
{
    if (!m_standard)
    {
        return {bytes, HpccTxTimeNs(bytes, port.rate), 0};
    }
    const uint64_t scaled = bytes * 8'000'000'000U;
    return {bytes, static_cast<int64_t>(scaled / port.rate), scaled % port.rate};
}

int64_t PacketEngine::OccupyWire(Port& port, uint64_t bytes)
{
    const TxTime time = port.common[0].bytes == bytes   ? port.common[0]
                        : port.common[1].bytes == bytes ? port.common[1]
                                                        : TxTimeOf(port, bytes);
    if (!m_standard)
    {
        return time.ns;
    }
    if (port.freeNs != m_wheel.Now())
    {
        port.ahead = 0; // was idle
    }
    if (time.remainder <= port.ahead)
    {
        port.ahead -= time.remainder;
        return time.ns;
    }
    port.ahead += port.rate - time.remainder;
    return time.ns + 1;
}

void PacketEngine::StartTransmission(LinkId link, PacketIndex packet)
{
    Port& port = m_ports[link];
    const uint64_t bytes = m_packets[packet].wireBytes;
    const int64_t end = m_wheel.Now() + OccupyWire(port, bytes);
    port.txBytes += bytes;
    if (m_observer)
    {
        const EnginePacket& frame = m_packets[packet];
        const bool pfc = frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME;
        m_observer->OnFrame({link,
                             frame.kind,
                             pfc ? 0 : m_pairs[frame.queuePair].flow,
                             pfc ? 0 : frame.seq,
                             frame.wireBytes,
                             !pfc && frame.ecn != 0});
    }
    port.freeNs = end;
    port.freeNumber = m_wheel.TakeNumber();
    // who waits already, or at a host whose pairs want a scan, needs the port-free event; others queue it when they
    // come
    port.freeQueued =
        port.head != NO_PACKET || port.pfcHead != NO_PACKET || (port.fromHost && !m_nics[link].pairs.empty());
    if (port.freeQueued)
    {
        m_wheel.Insert(end, port.freeNumber, EventType::PORT_FREE, 0, link);
    }
    m_wheel.Schedule(end + port.delayNs, EventType::ARRIVAL, packet, link);
}

void PacketEngine::Enqueue(Port& port, PacketIndex packet)
{
    m_packets[packet].next = NO_PACKET;
    if (port.head == NO_PACKET)
    {
        port.head = packet;
        if (port.freeNs == m_wheel.Now())
        {
            port.ahead = 0; // it did not wait, so it cannot start before now
        }
    }
    else
    {
        m_packets[port.tail].next = packet;
    }
    port.tail = packet;
}

void PacketEngine::OnArrival(LinkId link, PacketIndex packet)
{
    const PacketKind kind = m_packets[packet].kind;
    if (kind == PacketKind::PAUSE || kind == PacketKind::RESUME)
    {
        OnPfcFrame(link, packet);
    }
    else if (m_ports[link].lossy && LostOnLink(link))
    {
        DropPacket(link, packet);
    }
    else if (m_ports[link].toHost)
    {
        HostReceive(packet);
    }
    else
    {
        SwitchReceive(link, packet);
    }
}

bool PacketEngine::LostOnLink(LinkId link)
{
    if (!m_ports[link].up)
    {
        return true;
    }
    auto& stream = m_lossStreams[link];
    if (!stream)
    {
        stream = MakeStream(m_fabric.LinkCount() + link);
    }
    return stream->RandU01() < m_ports[link].errorRate;
}

void PacketEngine::DropPacket(LinkId link, PacketIndex packet)
{
    const Slot slot = m_packets[packet].queuePair;
    m_result.drops++;
    if (m_observer)
    {
        m_observer->OnDrop(link, m_pairs[slot].flow);
    }
    m_pairs[slot].inFlight--;
    m_packets.Free(packet);
    ReleaseIfUnused(slot);
}

void PacketEngine::OnPfcFrame(LinkId link, PacketIndex packet)
{
    const LinkId egress = ReverseLink(link);
    const bool pause = m_packets[packet].kind == PacketKind::PAUSE;
    m_packets.Free(packet);
    if (!m_ports[link].up)
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

void PacketEngine::SwitchReceive(LinkId link, PacketIndex index)
{
    EnginePacket& packet = m_packets[index];
    IngressAccount& account = m_ingress[link];
    SharedBuffer& buffer = m_buffers[m_ports[link].to];
    const uint64_t bytes = packet.wireBytes;
    if (!buffer.Admits(account, bytes))
    {
        DropPacket(link, index);
        return;
    }
    buffer.Add(account, bytes);
    const LinkId egress = packet.route[++packet.hop];
    m_ports[egress].queuedBytes += bytes;
    if (m_observer)
    {
        m_observer->OnQueueLength(egress, m_ports[egress].queuedBytes);
    }
    if (m_config.pfc && buffer.ShouldPause(account))
    {
        account.pauseSent = true;
        SendPfcFrame(link, PacketKind::PAUSE);
    }
    Enqueue(m_ports[egress], index);
    Kick(egress);
}

void PacketEngine::SwitchTransmit(LinkId link)
{
    Port& port = m_ports[link];
    const PacketIndex index = port.head;
    EnginePacket& packet = m_packets[index];
    port.head = packet.next;
    const LinkId ingress = packet.route[packet.hop - 1];
    IngressAccount& account = m_ingress[ingress];
    SharedBuffer& buffer = m_buffers[port.from];
    buffer.Remove(account, packet.wireBytes);
    port.queuedBytes -= packet.wireBytes;
    if (m_observer)
    {
        m_observer->OnQueueLength(link, port.queuedBytes);
    }
    if (port.queuedBytes > port.kminBytes && (!m_standard || packet.kind == PacketKind::DATA))
    {
        Mark(link, packet);
    }
    if (account.pauseSent && buffer.ShouldResume(account))
    {
        account.pauseSent = false;
        SendPfcFrame(ingress, PacketKind::RESUME);
    }
    const bool data = m_packets[index].kind == PacketKind::DATA;
    if (data && m_packets.TelemetryHops())
    {
        m_pintPorts.empty() ? AddTelemetry(link, index) : AddLogarithm(link, index);
    }
    (data ? m_result.dataHops : m_result.ackHops)++;
    StartTransmission(link, index);
}

void PacketEngine::Mark(LinkId link, EnginePacket& packet)
{
    const Port& port = m_ports[link];
    bool mark = port.queuedBytes > port.kmaxBytes;
    if (!mark)
    {
        const double probability = port.pmax * static_cast<double>(port.queuedBytes - port.kminBytes) /
                                   static_cast<double>(port.kmaxBytes - port.kminBytes);
        mark = DrawForMark(link) < probability;
    }
    if (mark && packet.kind == PacketKind::DATA)
    {
        packet.ecn = 1;
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
        return RngStream(1, m_nextStream++, 1).RandU01();
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
