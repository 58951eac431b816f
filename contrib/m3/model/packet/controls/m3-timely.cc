// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-timely.h"

#include "ns3/m3-congestion-control.h"

#include "core/text-format.h"

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
        : m_config(config.Of<TimelyConfig>()),
          m_minRate(*config.minRateBps),
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
        const double beta = m_config.beta;
        if (rtt < m_config.tLowNs)
        {
            Increase(sender);
        }
        else if (rtt > m_config.tHighNs)
        {
            const double high = static_cast<double>(m_config.tHighNs);
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

    std::vector<double> State() const override
    {
        return {static_cast<double>(m_rate),
                static_cast<double>(m_updateSeq),
                static_cast<double>(m_lastRtt),
                m_rttDiff,
                static_cast<double>(m_increases)};
    }

    /// Without a state it begins at the cap, as at the start of a flow: a rate that is too high falls at once, one that is
    /// too low rises by few Mb/s in each RTT. The first ACK only gives the RTT that the next one is compared with.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 5;
        if (state.size() != VALUES)
        {
            sender.SetRate(sender.RateCap());
            return;
        }
        m_rate = static_cast<uint64_t>(state[0]);
        m_updateSeq = static_cast<uint64_t>(state[1]);
        m_lastRtt = static_cast<int64_t>(state[2]);
        m_rttDiff = state[3];
        m_increases = static_cast<uint32_t>(state[4]);
    }

  private:
    static constexpr double EWMA_WEIGHT = 0.875;
    static constexpr double MIN_RTT_NS = 20000; //!< that the gradient is related to
    static constexpr uint32_t HYPER_AFTER = 5;  //!< increases in a row before hyper increase

    void Increase(SenderControl& sender)
    {
        const uint64_t step = m_increases < HYPER_AFTER ? *m_config.aiBps : *m_config.haiBps;
        m_increases++;
        m_rate = std::min(sender.RateCap(), m_rate + step);
        sender.SetRate(m_rate);
    }

    void Decrease(SenderControl& sender, double factor)
    {
        m_increases = 0;
        m_rate = std::max(m_minRate, ScaleRate(m_rate, factor));
        sender.SetRate(m_rate);
    }

    const TimelyConfig& m_config;
    uint64_t m_minRate;
    uint64_t m_rate; //!< starts at the line rate even where the flow's cap is lower
    uint64_t m_updateSeq = 0;
    int64_t m_lastRtt = 0;
    double m_rttDiff = 0;
    uint32_t m_increases = 0;
};

} // namespace

const ParameterTable& TimelyParameters()
{
    constexpr double HOUR_NS = 3.6e12;
    using Kind = ParameterKind;
    using C = TimelyConfig;
    static const ParameterTable table = {
        Parameter("t-low",
                  "TimelyTLow",
                  "TIMELY T_low",
                  Kind::TIME,
                  &C::tLowNs,
                  "RTT below which TIMELY's rate always grows")
            .Within(0, HOUR_NS, "TIMELY's T_low must be at most 1 hour")
            .Key("TIMELY_T_LOW"),
        Parameter("t-high",
                  "TimelyTHigh",
                  "TIMELY T_high",
                  Kind::TIME,
                  &C::tHighNs,
                  "RTT above which TIMELY's rate always falls")
            .Within(1, HOUR_NS, "TIMELY's T_high must be from 1 ns to 1 hour")
            .Key("TIMELY_T_HIGH")
            .HpccDefault(500'000),
        Parameter("timely-beta", "TimelyBeta", "TIMELY beta", Kind::REAL, &C::beta, "weight of a decrease of TIMELY")
            .Within(0, 1, "TIMELY's beta must be from 0 to 1")
            .Seen(SeenBy::NO_MODEL)
            .Key("TIMELY_BETA"),
        Parameter("timely-ai", "TimelyAi", "TIMELY increase", Kind::RATE, &C::aiBps, "additive increase of TIMELY")
            .ScaledByNicRate(10'000'000)
            .Seen(SeenBy::PER_FLOW_MODELS)
            .RequiredKey("RATE_AI"),
        Parameter("timely-hai",
                  "TimelyHai",
                  "TIMELY hyper increase",
                  Kind::RATE,
                  &C::haiBps,
                  "hyper increase of TIMELY")
            .ScaledByNicRate(50'000'000)
            .Seen(SeenBy::NO_MODEL)
            .RequiredKey("RATE_HAI"),
    };
    return table;
}

ControlDescription TimelyControl()
{
    ControlDescription control;
    control.type = CongestionControlType::TIMELY;
    control.name = "timely";
    control.make = [](const RdmaConfig& config, uint64_t lineRate)
    { return std::make_unique<Timely>(config, lineRate); };
    control.telemetry = Telemetry::TIME_STAMP;
    control.parameters = {&TimelyParameters()};
    control.keepsLineRate = [](const RdmaConfig& config, int64_t rttNs)
    { return rttNs < config.Of<TimelyConfig>().tLowNs; };
    control.idleRateShare = [](const RdmaConfig&) { return 1.0; };
    control.summary = [](const RdmaConfig& config)
    {
        const TimelyConfig& own = config.Of<TimelyConfig>();
        return FormatText("T %.4g µs to %.4g µs",
                          static_cast<double>(own.tLowNs) / 1000,
                          static_cast<double>(own.tHighNs) / 1000);
    };
    control.isTrained = true;
    return control;
}

} // namespace ns3::m3
