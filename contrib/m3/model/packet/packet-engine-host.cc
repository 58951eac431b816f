// Hosts: NIC scheduling, receiver, sender, retransmission timeout.
#include "packet-engine.h"

#include <cmath>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr int64_t HPCC_NACK_INTERVAL_NS = 500'000;
constexpr int64_t MIN_RTO_NS = 1'000'000;
constexpr int64_t MAX_RTO_NS = 64'000'000;
constexpr uint32_t MAX_TIMEOUTS = 16; //!< without progress, then the flow is given up

} // namespace

/// The queue pair as its congestion control sees it.
class PacketEngine::Sender final : public SenderControl
{
  public:
    Sender(PacketEngine& engine, Slot slot)
        : m_engine(engine),
          m_slot(slot),
          m_pair(engine.m_pairs[slot])
    {
    }

    int64_t NowNs() const override
    {
        return m_engine.m_wheel.Now();
    }

    uint64_t NextToSend() const override
    {
        return m_pair.nextToSend;
    }

    uint64_t Rate() const override
    {
        return m_pair.rate;
    }

    uint64_t RateCap() const override
    {
        return m_pair.cap;
    }

    uint64_t WindowBytes() const override
    {
        return m_pair.baseWindow;
    }

    int64_t BaseRttNs() const override
    {
        return m_pair.baseRttNs;
    }

    void SetRate(uint64_t bitsPerSecond) override
    {
        m_engine.SetRate(m_pair, bitsPerSecond);
    }

    void SetRateNow(uint64_t bitsPerSecond) override
    {
        m_engine.SetRateNow(m_pair, bitsPerSecond);
    }

    double Random() override
    {
        return m_engine.Random(m_pair.nic);
    }

    void StartTimer(uint32_t timer, int64_t delayNs) override
    {
        m_pair.timerNumbers.at(timer) =
            m_engine.m_wheel.Schedule(NowNs() + delayNs, EventType::CONTROL_TIMER, timer, m_slot);
    }

  private:
    PacketEngine& m_engine;
    Slot m_slot;
    QueuePair& m_pair;
};

void PacketEngine::SetRate(QueuePair& pair, uint64_t rate)
{
    if (rate == pair.rate)
    {
        return;
    }
    pair.rate = rate;
    if (!m_standard && m_config.rateBound)
    {
        pair.fullPaceNs = HpccTxTimeNs(MTU_PAYLOAD_BYTES + m_headerBytes, rate);
    }
    if (pair.baseWindow && m_config.variableWindow)
    {
        uint64_t product = 0;
        const uint64_t window = __builtin_mul_overflow(pair.baseWindow, rate, &product)
                                    ? static_cast<uint64_t>(static_cast<Uint128>(pair.baseWindow) * rate / pair.cap)
                                    : product / pair.cap;
        pair.window = std::max<uint64_t>(1, window);
    }
    if (m_observer)
    {
        m_observer->OnRate(pair.flow, rate, pair.window);
    }
}

int64_t PacketEngine::HpccPaceNs(const QueuePair& pair, uint64_t wireBytes) const
{
    return wireBytes == MTU_PAYLOAD_BYTES + m_headerBytes
               ? pair.fullPaceNs
               : HpccTxTimeNs(wireBytes, m_config.rateBound ? pair.rate : pair.cap);
}

void PacketEngine::SetRateNow(QueuePair& pair, uint64_t rate)
{
    const uint64_t before = pair.rate;
    const int64_t paceBefore = m_standard ? 0 : HpccPaceNs(pair, pair.lastWireBytes);
    SetRate(pair, rate);
    if (!m_config.rateBound)
    {
        return;
    }
    if (rate == before)
    {
        // the next sending time stays, but a timer that a later pair set may still move to it
    }
    else if (m_standard)
    {
        const double bits = 8e9 * static_cast<double>(pair.lastWireBytes);
        const double shift = pair.nextSendFraction + (rate < pair.lineRate ? bits / static_cast<double>(rate) : 0) -
                             (before < pair.lineRate ? bits / static_cast<double>(before) : 0);
        const double whole = std::floor(shift);
        pair.nextSendNs += static_cast<int64_t>(whole);
        pair.nextSendFraction = shift - whole;
    }
    else
    {
        pair.nextSendNs += HpccPaceNs(pair, pair.lastWireBytes) - paceBefore;
    }
    Nic& nic = m_nics[pair.nic];
    if (nic.timerNumber && pair.nextSendNs < nic.timerNs)
    {
        ScheduleNicTimer(pair.nic, std::max(m_wheel.Now(), pair.nextSendNs));
    }
}

void PacketEngine::Pace(QueuePair& pair, uint64_t wireBytes)
{
    const uint64_t rate = m_config.rateBound ? pair.rate : pair.cap;
    const int64_t now = m_wheel.Now();
    pair.lastWireBytes = wireBytes;
    if (!m_standard)
    {
        pair.nextSendNs = now + HpccPaceNs(pair, wireBytes);
    }
    else if (rate >= pair.lineRate)
    {
        pair.nextSendNs = now; // the wire is the limit
        pair.nextSendFraction = 0;
    }
    else
    {
        // the part below 1 ns is carried over where the packet left when it was due
        const double carried = now == pair.nextSendNs ? pair.nextSendFraction : 0;
        const double gap = carried + 8e9 * static_cast<double>(wireBytes) / static_cast<double>(rate);
        const double whole = std::floor(gap);
        pair.nextSendNs = now + static_cast<int64_t>(whole);
        pair.nextSendFraction = gap - whole;
    }
}

void PacketEngine::HostTransmit(LinkId link)
{
    Port& port = m_ports[link];
    if (port.head != NO_PACKET && !(port.paused && !m_config.ackHighPriority))
    {
        const PacketIndex ack = port.head;
        port.head = m_packets[ack].next;
        m_result.ackHops++;
        StartTransmission(link, ack);
        return;
    }
    Nic& nic = m_nics[link];
    const auto count = static_cast<uint32_t>(nic.pairs.size());
    if (count == 0)
    {
        return;
    }
    constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();
    const int64_t now = m_wheel.Now();
    uint32_t served = NONE;
    uint32_t firstFinished = NONE;
    int64_t earliest = EventWheel::NEVER; // over all pairs with unsent bytes, also those that may not send
    uint32_t index = nic.served % count;
    for (uint32_t examined = 0; examined < count; examined++)
    {
        index = index + 1 == count ? 0 : index + 1;
        const QueuePair& pair = m_pairs[nic.pairs[index]];
        if (pair.nextToSend < pair.size)
        {
            const bool windowBound = pair.window && pair.nextToSend - pair.acked >= pair.window;
            if (!port.paused && !windowBound && !pair.ended && pair.nextSendNs <= now)
            {
                served = index;
                break;
            }
            earliest = std::min(earliest, pair.nextSendNs);
        }
        if (pair.acked >= pair.size || pair.ended)
        {
            firstFinished = std::min(firstFinished, index);
        }
    }
    Slot slot = served == NONE ? 0 : nic.pairs[served];
    if (firstFinished != NONE)
    {
        CollectFinished(nic, firstFinished, served);
    }
    if (served != NONE)
    {
        nic.served = served;
        SendData(link, slot);
    }
    else if (!nic.timerNumber && earliest > now && earliest != EventWheel::NEVER)
    {
        ScheduleNicTimer(link, earliest);
    }
}

void PacketEngine::CollectFinished(Nic& nic, uint32_t from, uint32_t& servedIndex)
{
    const uint32_t served = servedIndex;
    auto keep = from;
    for (auto i = from; i < nic.pairs.size(); i++)
    {
        const Slot slot = nic.pairs[i];
        QueuePair& pair = m_pairs[slot];
        if (pair.acked >= pair.size || pair.ended)
        {
            pair.listed = false;
            ReleaseIfUnused(slot);
            continue;
        }
        if (i == served)
        {
            servedIndex = keep;
        }
        nic.pairs[keep++] = slot;
    }
    nic.pairs.resize(keep);
}

void PacketEngine::ScheduleNicTimer(LinkId link, int64_t timeNs)
{
    Nic& nic = m_nics[link];
    nic.timerNs = timeNs;
    nic.timerNumber = m_wheel.Schedule(timeNs, EventType::NIC_TIMER, 0, link);
}

void PacketEngine::OnNicTimer(LinkId link, uint64_t number)
{
    Nic& nic = m_nics[link];
    if (nic.timerNumber == number)
    {
        nic.timerNumber = 0;
        Kick(link);
    }
}

void PacketEngine::SendData(LinkId link, Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    const uint64_t payload = std::min<uint64_t>(MTU_PAYLOAD_BYTES, pair.size - pair.nextToSend);
    const PacketIndex index = m_packets.Allocate();
    EnginePacket& packet = m_packets[index];
    packet.seq = pair.nextToSend;
    packet.sentNs = static_cast<uint32_t>(m_wheel.Now());
    packet.route = pair.dataRoute;
    packet.queuePair = slot;
    packet.wireBytes = static_cast<uint16_t>(payload + m_headerBytes);
    packet.kind = PacketKind::DATA;
    packet.ecn = 0;
    packet.hop = 0;
    m_packets.ClearTelemetry(index);
    pair.inFlight++;
    pair.nextToSend += payload;
    m_result.dataHops++;
    Pace(pair, packet.wireBytes);
    if (m_standard && !pair.rtoNumber)
    {
        RestartTimeout(slot);
    }
    StartTransmission(link, index);
}

void PacketEngine::HostReceive(PacketIndex index)
{
    if (m_packets[index].kind == PacketKind::DATA)
    {
        ReceiveData(index);
    }
    else
    {
        ReceiveAck(index);
    }
}

void PacketEngine::ReceiveData(PacketIndex index)
{
    EnginePacket& packet = m_packets[index];
    const Slot slot = packet.queuePair;
    QueuePair& pair = m_pairs[slot];
    const int64_t now = m_wheel.Now();
    bool answer = false;
    if (packet.seq == pair.expected)
    {
        pair.expected += packet.wireBytes - m_headerBytes;
        packet.kind = PacketKind::ACK;
        answer = true;
        if (pair.expected >= pair.size)
        {
            m_result.flows[pair.flow].receiverFctNs = now - m_flows[pair.flow].startNs;
        }
    }
    else if (packet.seq > pair.expected)
    {
        if (now >= pair.nackAgainNs || pair.lastNacked != pair.expected)
        {
            pair.nackAgainNs = now + (m_standard ? pair.baseRttNs : HPCC_NACK_INTERVAL_NS);
            pair.lastNacked = pair.expected;
            packet.kind = PacketKind::NACK;
            answer = true;
        }
    }
    else if (m_standard)
    {
        packet.kind = PacketKind::ACK; // of a duplicate, so that a lost ACK is made up for
        answer = true;
    }
    if (!answer)
    {
        pair.inFlight--;
        m_packets.Free(index);
        ReleaseIfUnused(slot);
        return;
    }
    packet.seq = pair.expected;
    packet.route = pair.ackRoute;
    packet.wireBytes = static_cast<uint16_t>(m_ackBytes);
    packet.hop = 0;
    const LinkId egress = pair.ackRoute[0];
    Enqueue(m_ports[egress], index);
    Kick(egress);
}

void PacketEngine::ReceiveAck(PacketIndex index)
{
    const EnginePacket packet = m_packets[index];
    const Slot slot = packet.queuePair;
    QueuePair& pair = m_pairs[slot];
    pair.inFlight--;
    if (pair.ended)
    {
        m_packets.Free(index);
        ReleaseIfUnused(slot);
        return;
    }
    const LinkId nic = pair.nic;
    if (packet.seq > pair.acked)
    {
        pair.acked = packet.seq;
        pair.timeouts = 0;
        pair.rtoNs = FirstTimeoutNs(pair);
        pair.rtoDeadlineNs = m_wheel.Now() + pair.rtoNs;
        if (m_standard)
        {
            pair.nextToSend = std::max(pair.nextToSend, pair.acked); // after a late NACK
        }
    }
    if (pair.acked >= pair.size)
    {
        m_packets.Free(index);
        EndFlow(slot, Unfinished::NO);
        Kick(nic);
        return;
    }
    if (packet.kind == PacketKind::NACK)
    {
        pair.nextToSend = pair.acked;
    }
    if (pair.control)
    {
        Sender sender(*this, slot);
        pair.control->OnAck(sender,
                            {packet.seq,
                             packet.ecn != 0,
                             static_cast<int64_t>(static_cast<uint32_t>(m_wheel.Now()) - packet.sentNs),
                             m_packets.TelemetryHops() ? m_packets.Telemetry(index) : nullptr,
                             m_packets.TelemetryCount(index)});
    }
    m_packets.Free(index);
    Kick(nic);
}

void PacketEngine::OnControlTimer(Slot slot, uint32_t timer, uint64_t number)
{
    QueuePair& pair = m_pairs[slot];
    if (!pair.ended && pair.timerNumbers[timer] == number)
    {
        Sender sender(*this, slot);
        pair.control->OnTimer(sender, timer);
    }
}

int64_t PacketEngine::FirstTimeoutNs(const QueuePair& pair)
{
    return std::max(MIN_RTO_NS, 3 * pair.baseRttNs);
}

void PacketEngine::RestartTimeout(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    pair.rtoDeadlineNs = m_wheel.Now() + pair.rtoNs;
    pair.rtoNumber = m_wheel.Schedule(pair.rtoDeadlineNs, EventType::RETRANSMIT, 0, slot);
}

void PacketEngine::OnTimeout(Slot slot, uint64_t number)
{
    QueuePair& pair = m_pairs[slot];
    if (pair.ended || pair.rtoNumber != number)
    {
        return;
    }
    pair.rtoNumber = 0;
    if (pair.rtoDeadlineNs > m_wheel.Now())
    {
        // progress since then: the deadline has moved
        pair.rtoNumber = m_wheel.Schedule(pair.rtoDeadlineNs, EventType::RETRANSMIT, 0, slot);
        return;
    }
    if (m_ports[pair.nic].paused || pair.nextToSend == pair.acked)
    {
        RestartTimeout(slot); // paused, or nothing is on its way
        return;
    }
    const LinkId nic = pair.nic;
    if (++pair.timeouts > MAX_TIMEOUTS)
    {
        const Flow& flow = m_flows[pair.flow];
        EndFlow(slot, m_routes->Reachable(flow.src, flow.dst) ? Unfinished::NO_PROGRESS : Unfinished::UNREACHABLE);
    }
    else
    {
        pair.rtoNs = std::min(MAX_RTO_NS, 2 * pair.rtoNs);
        pair.nextToSend = pair.acked;
        RestartTimeout(slot);
    }
    Kick(nic);
}

} // namespace ns3::m3
