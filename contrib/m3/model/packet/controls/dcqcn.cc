// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-congestion-control.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/**
 * DCQCN (Zhu et al., SIGCOMM 2015, section 5): marks cut the rate by alpha / 2 at most once per decrease interval, then
 * it recovers towards a target in rounds of the increase timer: fast recovery, additive, hyper increase.
 */
class Dcqcn : public CongestionControl
{
  public:
    Dcqcn(const RdmaConfig& config, uint64_t lineRate)
        : m_config(config),
          m_lineRate(lineRate)
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (!ack.echo)
        {
            return;
        }
        m_markedForAlpha = true;
        m_markedForDecrease = true;
        if (m_first)
        {
            m_first = false;
            m_alpha = 1;
            m_markedForAlpha = false;
            sender.StartTimer(ALPHA, m_config.dcqcnAlphaTimerNs);
            sender.StartTimer(DECREASE, m_config.dcqcnDecreaseTimerNs + 1);
            m_target = sender.Rate();
        }
    }

    void OnTimer(SenderControl& sender, uint32_t timer) override
    {
        switch (timer)
        {
        case ALPHA:
            m_alpha = (1 - m_config.dcqcnGain) * m_alpha + (m_markedForAlpha ? m_config.dcqcnGain : 0);
            m_markedForAlpha = false;
            sender.StartTimer(ALPHA, m_config.dcqcnAlphaTimerNs);
            break;
        case DECREASE:
            sender.StartTimer(DECREASE, m_config.dcqcnDecreaseTimerNs);
            if (m_markedForDecrease)
            {
                Decrease(sender);
            }
            break;
        default:
            sender.StartTimer(INCREASE, m_config.dcqcnIncreaseTimerNs);
            Increase(sender);
        }
    }

  private:
    enum Timer : uint32_t
    {
        ALPHA,
        DECREASE,
        INCREASE
    };

    void Decrease(SenderControl& sender)
    {
        if (m_config.dcqcnClampTarget || m_round != 0)
        {
            m_target = sender.Rate();
        }
        sender.SetRate(std::max(*m_config.minRateBps, ScaleRate(sender.Rate(), 1 - m_alpha / 2)));
        m_round = 0;
        m_markedForDecrease = false;
        sender.StartTimer(INCREASE, m_config.dcqcnIncreaseTimerNs);
    }

    void Increase(SenderControl& sender)
    {
        if (m_round >= m_config.dcqcnFastRecoveryTimes)
        {
            const bool hyper = m_round > m_config.dcqcnFastRecoveryTimes;
            m_target = std::min(m_lineRate, m_target + (hyper ? *m_config.dcqcnHaiBps : *m_config.dcqcnAiBps));
        }
        sender.SetRate(std::max<uint64_t>(1, sender.Rate() / 2 + m_target / 2)); // halves of 1 bit/s are 0
        m_round++;
    }

    const RdmaConfig& m_config;
    uint64_t m_lineRate;
    double m_alpha = 1;
    bool m_first = true;              //!< no mark seen yet
    bool m_markedForAlpha = false;    //!< since the alpha timer ran
    bool m_markedForDecrease = false; //!< since the last decrease
    uint64_t m_target = 0;            //!< rate to recover to, bit/s
    uint32_t m_round = 0;             //!< of the increase timer since the last decrease
};

} // namespace

std::unique_ptr<CongestionControl> MakeDcqcn(const RdmaConfig& config, uint64_t lineRate)
{
    return std::make_unique<Dcqcn>(config, lineRate);
}

} // namespace ns3::m3
