// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-congestion-control.h"

#include "pint.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/**
 * HPCC on PINT (Ben Basat et al., SIGCOMM 2020, section 4.3): a packet brings back only the largest utilisation on its
 * path, which the switches have smoothed and rounded at random (pint.h); the rate follows it as HPCC's does.
 */
class HpccPint : public CongestionControl
{
  public:
    HpccPint(const RdmaConfig& config, uint64_t lineRate)
        : m_config(config),
          m_reference{lineRate, 0}
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (m_config.pintProbability < 1 && sender.Random() >= m_config.pintProbability)
        {
            return;
        }
        const bool full = ack.seq > m_updateSeq;
        if (m_updateSeq == 0)
        {
            m_updateSeq = sender.NextToSend();
            return;
        }
        if (ack.hopCount == 0 || (!full && !m_config.hpccFastReact))
        {
            return;
        }
        const double utilisation = PintUtilisation(m_config.pintLogBase, ack.hops[0].queueBytes);
        const HpccReference next = NextHpccRate(m_config, sender, m_reference, utilisation);
        sender.SetRateNow(next.rate);
        if (full)
        {
            m_reference = next;
            m_updateSeq = std::max(m_updateSeq, sender.NextToSend());
        }
    }

  private:
    const RdmaConfig& m_config;
    HpccReference m_reference;
    uint64_t m_updateSeq = 0; //!< an ACK beyond it is `full`
};

} // namespace

std::unique_ptr<CongestionControl> MakeHpccPint(const RdmaConfig& config, uint64_t lineRate)
{
    return std::make_unique<HpccPint>(config, lineRate);
}

} // namespace ns3::m3
