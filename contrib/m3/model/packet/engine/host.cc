// SPDX-License-Identifier: GPL-2.0-only
// What hosts do now and then: rates, timers, finished pairs.
#include "host.h"

#include <cmath>

namespace ns3::m3
{

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

void PacketEngine::OnNicTimer(LinkId link)
{
    Nic& nic = m_nics[link];
    if (nic.timerNumber == m_wheel.RunningNumber())
    {
        nic.timerNumber = 0;
        Kick(link);
    }
}

void PacketEngine::TellControl(Slot slot, PacketIndex index)
{
    const EnginePacket& ack = m_packets[index];
    Sender sender(*this, slot);
    m_pairs[slot].control->OnAck(sender,
                                 {ack.seq,
                                  ack.ecn,
                                  static_cast<int64_t>(static_cast<uint32_t>(m_wheel.Now()) - ack.sentNs),
                                  m_packets.TelemetryHops() ? m_packets.Telemetry(index) : nullptr,
                                  m_packets.TelemetryCount(index)});
}

void PacketEngine::OnControlTimer(Slot slot, uint32_t timer)
{
    QueuePair& pair = m_pairs[slot];
    if (!pair.ended && pair.timerNumbers[timer] == m_wheel.RunningNumber())
    {
        Sender sender(*this, slot);
        pair.control->OnTimer(sender, timer);
        LookForEnd();
    }
}

} // namespace ns3::m3
