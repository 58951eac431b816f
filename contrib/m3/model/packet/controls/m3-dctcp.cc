// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-dctcp.h"

#include "ns3/m3-congestion-control.h"

#include "core/text-format.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/**
 * DCTCP (Alizadeh et al., SIGCOMM 2010, section 3) on a sending rate in place of a window: alpha follows the share of
 * marked packets of each window of data; a mark cuts the rate by alpha / 2 once per window; a window without a cut adds
 * a fixed step.
 */
class Dctcp : public CongestionControl
{
  public:
    explicit Dctcp(const RdmaConfig& config)
        : m_payload(config.payloadBytes),
          m_gain(config.Of<DctcpConfig>().gain),
          m_minRate(*config.minRateBps),
          m_step(*config.Of<DctcpConfig>().aiBps)
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        m_marked += ack.echo;
        const uint64_t nextToSend = sender.NextToSend();
        const bool newWindow = ack.seq > m_windowEnd;
        if (newWindow)
        {
            if (m_windowEnd == 0)
            {
                m_packets = nextToSend / m_payload + 1;
            }
            else
            {
                const double share = std::min(1.0, static_cast<double>(m_marked) / static_cast<double>(m_packets));
                m_alpha = (1 - m_gain) * m_alpha + m_gain * share;
                m_marked = 0;
                m_packets = (nextToSend - ack.seq) / m_payload + 1;
            }
            m_windowEnd = nextToSend;
        }
        if (m_reduced && ack.seq > m_reducedUntil)
        {
            m_reduced = false;
        }
        if (ack.echo && !m_reduced)
        {
            sender.SetRate(std::max(m_minRate, ScaleRate(sender.Rate(), 1 - m_alpha / 2)));
            m_reduced = true;
            m_reducedUntil = nextToSend;
        }
        if (!m_reduced && newWindow)
        {
            sender.SetRate(std::min(sender.RateCap(), sender.Rate() + m_step));
        }
    }

    std::vector<double> State() const override
    {
        return {m_alpha,
                static_cast<double>(m_windowEnd),
                static_cast<double>(m_marked),
                static_cast<double>(m_packets),
                static_cast<double>(m_reduced),
                static_cast<double>(m_reducedUntil)};
    }

    /// Without a state: windows with and without a cut take turns and keep the rate, alpha / 2 * rate = step.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 6;
        if (state.size() != VALUES)
        {
            m_alpha = std::min(1.0, 2 * static_cast<double>(m_step) / static_cast<double>(sender.Rate()));
            m_windowEnd = sender.NextToSend();
            m_packets = 1;
            return;
        }
        m_alpha = state[0];
        m_windowEnd = static_cast<uint64_t>(state[1]);
        m_marked = static_cast<uint64_t>(state[2]);
        m_packets = static_cast<uint64_t>(state[3]);
        m_reduced = state[4] != 0;
        m_reducedUntil = static_cast<uint64_t>(state[5]);
    }

  private:
    uint32_t m_payload;
    double m_gain;
    uint64_t m_minRate;
    uint64_t m_step;
    double m_alpha = 1;
    uint64_t m_windowEnd = 0; //!< sequence number that ends the window of data that is being observed
    uint64_t m_marked = 0;    //!< marked packets in it
    uint64_t m_packets = 0;   //!< packets in it
    bool m_reduced = false;   //!< the rate was cut, and the data sent before is not acknowledged yet
    uint64_t m_reducedUntil = 0;
};

} // namespace

const ParameterTable& DctcpParameters()
{
    using Kind = ParameterKind;
    using C = DctcpConfig;
    static const ParameterTable table = {
        Parameter("k",
                  "DctcpK",
                  "DCTCP threshold",
                  Kind::BYTES,
                  &C::kBytes,
                  "queue of a host-rate port from which DCTCP has it mark")
            .ScaledByHostRate(15'000)
            .Marking(),
        Parameter("dctcp-gain",
                  "DctcpGain",
                  "DCTCP gain",
                  Kind::REAL,
                  &C::gain,
                  "g, the weight of the newest share of marks")
            .Within(0, 1, "DCTCP's gain must be from 0 to 1")
            .Seen(SeenBy::NO_MODEL)
            .RequiredKey("EWMA_GAIN"),
        Parameter("dctcp-ai", "DctcpAi", "DCTCP increase", Kind::RATE, &C::aiBps, "additive increase per window")
            .ScaledByNicRate(615'000'000)
            .Seen(SeenBy::PER_FLOW_MODELS)
            .Key("DCTCP_RATE_AI")
            .HpccDefault(1e9),
    };
    return table;
}

EcnProfile DctcpMarking(const RdmaConfig& config)
{
    const uint64_t k = *config.Of<DctcpConfig>().kBytes;
    return {k, k, 1};
}

ControlDescription DctcpControl()
{
    ControlDescription control;
    control.type = CongestionControlType::DCTCP;
    control.name = "dctcp";
    control.make = [](const RdmaConfig& config, uint64_t /*lineRate*/) { return std::make_unique<Dctcp>(config); };
    control.parameters = {&DctcpParameters()};
    control.marking = DctcpMarking;
    control.keepsLineRate = [](const RdmaConfig&, int64_t) { return true; };
    control.idleRateShare = [](const RdmaConfig&) { return 1.0; };
    control.summary = [](const RdmaConfig& config)
    { return FormatText("K %.4g KB", static_cast<double>(*config.Of<DctcpConfig>().kBytes) / 1000); };
    control.isTrained = true;
    return control;
}

} // namespace ns3::m3
