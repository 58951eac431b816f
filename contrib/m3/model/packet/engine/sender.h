// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SENDER_H
#define M3_SENDER_H

// The queue pair and its congestion control.
#include "pacing.h"
#include "strategies.h"

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * The queue pair as its congestion control sees it.
 */
template <class Rules>
class PacketEngine<Rules>::Sender final : public SenderControl
{
  public:
    /// The sender of a queue pair of the engine.
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
        return m_engine.NextNewByte(m_slot);
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
        return m_engine.m_randoms.Draw(m_pair.nic);
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

template <class Rules>
void PacketEngine<Rules>::TellControl(Slot slot, PacketIndex index)
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

/// A sender begins to send again what an answer says is lost.
template <class Rules>
void PacketEngine<Rules>::TellLoss(Slot slot)
{
    if (m_pairs[slot].control)
    {
        Sender sender(*this, slot);
        m_pairs[slot].control->OnLoss(sender);
    }
}

template <class Rules>
void PacketEngine<Rules>::TellTimeout(Slot slot)
{
    if (m_pairs[slot].control)
    {
        Sender sender(*this, slot);
        m_pairs[slot].control->OnTimeout(sender);
    }
}

template <class Rules>
void PacketEngine<Rules>::OnControlTimer(Slot slot, uint32_t timer)
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

#endif // M3_SENDER_H
