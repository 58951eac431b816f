// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PFC_H
#define M3_PFC_H

// Priority flow control (IEEE 802.1Qbb): pause and resume frames, which pass all that waits at a port. A switch pauses
// and resumes by its shared buffer (shared-buffer.h).
#include "packet-loss.h"
#include "port.h"

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::SendPfcFrame(LinkId ingress, uint32_t priority, PacketKind kind)
{
    m_pfcFrames++;
    m_rules.OnPfcFrame();
    const PacketIndex index = m_packets.Allocate();
    EnginePacket& frame = m_packets[index];
    frame.next = NO_PACKET;
    frame.wireBytes = PFC_FRAME_BYTES;
    frame.kind = kind;
    frame.priority = static_cast<uint8_t>(priority & 0x3f);
    const LinkId egress = ReverseLink(ingress);
    frame.seq = QueuedOf(egress, priority);
    AppendFirst(m_ports[egress], index);
    m_ports[egress].pfcBytes += PFC_FRAME_BYTES;
    if (m_observer)
    {
        m_observer->OnEnqueue(InfoOf(egress, m_packets[index]));
    }
    Kick(egress);
}

template <class Rules>
void PacketEngine<Rules>::StartPfcTransmission(LinkId link)
{
    Port& port = m_ports[link];
    if (Rules::LOOKS_UP_HOPS && !port.up)
    {
        return; // they wait for ever
    }
    const PacketIndex frame = port.pfcHead;
    port.pfcHead = m_packets[frame].next;
    if (CLASSES > 1 && !Rules::BUFFERS_CLASS_0 && m_packets[frame].kind < PacketKind::PAUSE)
    {
        RemoveQueued(link, 0, m_packets[frame].wireBytes);
        Forward(link, frame);
        return;
    }
    port.pfcBytes -= PFC_FRAME_BYTES;
    if (m_observer)
    {
        m_observer->OnFrame(InfoOf(link, m_packets[frame]));
    }
    OccupyWire(link, PFC_FRAME_BYTES);
    ScheduleArrival(link, port.freeNs + m_fabric.Link(link).delayNs, EventType::PFC_ARRIVAL, frame, link);
}

template <class Rules>
void PacketEngine<Rules>::OnPfcFrame(LinkId link, PacketIndex packet)
{
    const LinkId egress = ReverseLink(link);
    const bool pause = m_packets[packet].kind == PacketKind::PAUSE;
    const uint32_t priority = ClassOf(m_packets[packet]);
    const bool isDown = !m_ports[link].up || SentBeforeOutage(link, PFC_FRAME_BYTES, m_wheel.Now());
    const bool isLost = isDown || (Rules::LOSES_PFC_FRAMES && LostByErrors(link));
    if (m_observer && isDown)
    {
        m_observer->OnArrivalWhileDown(InfoOf(link, m_packets[packet]));
    }
    if (m_observer && !isLost)
    {
        m_observer->OnArrival(InfoOf(link, m_packets[packet]));
    }
    m_packets.Free(packet);
    if (isLost)
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
    SetPaused(egress, priority, pause);
    if (!pause)
    {
        Kick(egress);
    }
}

} // namespace ns3::m3

#endif // M3_PFC_H
