// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-hpcc-pint.h"

#include "pint.h"

#include "ns3/m3-congestion-control.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"

#include "core/text-format.h"

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
        : m_hpcc(config.Of<HpccConfig>()),
          m_pint(config.Of<PintConfig>()),
          m_minRate(*config.minRateBps),
          m_reference{lineRate, 0}
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (m_pint.probability < 1 && sender.Random() >= m_pint.probability)
        {
            return;
        }
        const bool full = ack.seq > m_updateSeq;
        if (m_updateSeq == 0)
        {
            m_updateSeq = sender.NextToSend();
            return;
        }
        if (ack.hopCount == 0 || (!full && !m_hpcc.fastReact))
        {
            return;
        }
        const double utilisation = PintUtilisation(m_pint.logBase, ack.hops[0].queueBytes);
        const HpccReference next = NextHpccRate(m_hpcc, m_minRate, sender, m_reference, utilisation);
        sender.SetRateNow(next.rate);
        if (full)
        {
            m_reference = next;
            m_updateSeq = std::max(m_updateSeq, sender.NextToSend());
        }
    }

    std::vector<double> State() const override
    {
        return {static_cast<double>(m_reference.rate), static_cast<double>(m_reference.increases)};
    }

    /// The first ACK counts for nothing, as at the start of a flow.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 2;
        m_reference = state.size() == VALUES
                          ? HpccReference{static_cast<uint64_t>(state[0]), static_cast<uint32_t>(state[1])}
                          : HpccReference{sender.Rate(), 0};
    }

  private:
    const HpccConfig& m_hpcc;
    const PintConfig& m_pint;
    uint64_t m_minRate;
    HpccReference m_reference;
    uint64_t m_updateSeq = 0; //!< an ACK beyond it is `full`
};

} // namespace

const ParameterTable& PintParameters()
{
    constexpr double MAX_BASE = 1e3;
    constexpr const char* REFUSAL = "PINT needs a base above 1 and a probability above 0 and at most 1";
    using Kind = ParameterKind;
    static const ParameterTable table = {
        Parameter("pint-log-base",
                  "PintLogBase",
                  "PINT base",
                  Kind::REAL,
                  &PintConfig::logBase,
                  "utilisations are rounded to powers of it by HPCC-PINT; above 1")
            .Above(1, MAX_BASE, REFUSAL)
            .Key("PINT_LOG_BASE"),
        Parameter("pint-probability",
                  "PintProbability",
                  "PINT probability",
                  Kind::REAL,
                  &PintConfig::probability,
                  "share of ACKs that HPCC-PINT looks at, above 0")
            .Above(0, 1, REFUSAL)
            .Key("PINT_PROB"),
    };
    return table;
}

ControlDescription HpccPintControl()
{
    ControlDescription control;
    control.type = CongestionControlType::HPCC_PINT;
    control.name = "hpcc-pint";
    control.make = [](const RdmaConfig& config, uint64_t lineRate)
    { return std::make_unique<HpccPint>(config, lineRate); };
    control.telemetry = Telemetry::PINT;
    control.parameters = {&HpccParameters(), &PintParameters()};
    control.summary = [](const RdmaConfig& config) { return FormatText("eta %.4g", config.Of<HpccConfig>().eta); };
    control.check = [](const RdmaConfig& config)
    {
        CheckHpcc(config);
        if (!config.baseRttNs)
        {
            throw InputError("HPCC-PINT's switches need a base RTT; set one where every pair has its own");
        }
    };
    return control;
}

} // namespace ns3::m3
