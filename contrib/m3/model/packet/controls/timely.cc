// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-congestion-control.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/**
 * TIMELY (Mittal et al., SIGCOMM 2015, algorithm 1): additive increase below T_low or while the RTT falls,
 * multiplicative decrease above T_high or by the RTT's gradient; after five increases in a row, hyper increase.
 */
class Timely : public CongestionControl
{
  public:
    Timely(const RdmaConfig& config, uint64_t lineRate)
        : m_config(config),
          m_rate(lineRate)
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (ack.seq <= m_updateSeq)
        {
            return;
        }
        const int64_t rtt = ack.rttNs;
        const uint64_t nextToSend = sender.NextToSend();
        if (m_updateSeq == 0)
        {
            m_updateSeq = nextToSend;
            m_lastRtt = rtt;
            return;
        }
        m_rttDiff = (1 - EWMA_WEIGHT) * m_rttDiff + EWMA_WEIGHT * static_cast<double>(rtt - m_lastRtt);
        const double gradient = m_rttDiff / MIN_RTT_NS;
        const double beta = m_config.timelyBeta;
        if (rtt < m_config.timelyTLowNs)
        {
            Increase(sender);
        }
        else if (rtt > m_config.timelyTHighNs)
        {
            const double high = static_cast<double>(m_config.timelyTHighNs);
            Decrease(sender, 1 - beta * (1 - high / static_cast<double>(rtt)));
        }
        else if (gradient <= 0)
        {
            Increase(sender);
        }
        else
        {
            Decrease(sender, std::max(0.0, 1 - beta * gradient));
        }
        if (nextToSend > m_updateSeq)
        {
            m_updateSeq = nextToSend;
            m_lastRtt = rtt;
        }
    }

  private:
    static constexpr double EWMA_WEIGHT = 0.875;
    static constexpr double MIN_RTT_NS = 20000; //!< that the gradient is related to
    static constexpr uint32_t HYPER_AFTER = 5;  //!< increases in a row before hyper increase

    void Increase(SenderControl& sender)
    {
        const uint64_t step = m_increases < HYPER_AFTER ? *m_config.timelyAiBps : *m_config.timelyHaiBps;
        m_increases++;
        m_rate = std::min(sender.RateCap(), m_rate + step);
        sender.SetRate(m_rate);
    }

    void Decrease(SenderControl& sender, double factor)
    {
        m_increases = 0;
        m_rate = std::max(*m_config.minRateBps, ScaleRate(m_rate, factor));
        sender.SetRate(m_rate);
    }

    const RdmaConfig& m_config;
    uint64_t m_rate; //!< starts at the line rate even where the flow's cap is lower
    uint64_t m_updateSeq = 0;
    int64_t m_lastRtt = 0;
    double m_rttDiff = 0;
    uint32_t m_increases = 0;
};

} // namespace

std::unique_ptr<CongestionControl> MakeTimely(const RdmaConfig& config, uint64_t lineRate)
{
    return std::make_unique<Timely>(config, lineRate);
}

} // namespace ns3::m3
