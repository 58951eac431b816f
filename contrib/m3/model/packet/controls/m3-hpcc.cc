// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-hpcc.h"

#include "ns3/m3-congestion-control.h"
#include "ns3/m3-input-error.h"

#include "core/text-format.h"
#include "fabric/mode-rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ns3::m3
{

namespace
{

/**
 * HPCC (Li et al., SIGCOMM 2019, section 3, algorithm 1): in-band telemetry gives each hop's utilisation; the rate is
 * scaled so that the busiest hop runs at eta. `full` ACKs (once per RTT) set the reference rate, `fast` ones react to
 * the present from that reference.
 *
 * With multiRate, every hop keeps its own smoothed utilisation and reference rate, and the smallest rate counts.
 */
class Hpcc : public CongestionControl
{
  public:
    Hpcc(const RdmaConfig& config, uint64_t lineRate)
        : m_config(config),
          m_hpcc(config.Of<HpccConfig>()),
          m_units(RulesOf(config.mode).telemetry.ScaledBy(config.Of<HpccConfig>().intMulti)),
          m_path{1, {lineRate, 0}},
          m_firstHop(m_path)
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        const bool full = ack.seq > m_updateSeq;
        if (!full && !m_hpcc.fastReact)
        {
            return;
        }
        if (m_updateSeq == 0)
        {
            m_last.assign(ack.hops, ack.hops + ack.hopCount);
            m_updateSeq = sender.NextToSend();
            return;
        }
        m_last.resize(std::max<std::size_t>(m_last.size(), ack.hopCount));
        m_hops.resize(m_hpcc.multiRate ? m_last.size() : 0, m_firstHop);
        if (m_hpcc.multiRate)
        {
            ReactPerHop(sender, ack, full);
        }
        else
        {
            React(sender, ack, full);
        }
        if (full)
        {
            m_updateSeq = std::max(m_updateSeq, sender.NextToSend());
        }
    }

    /// The path's loop, then those of the hops. Not the last telemetry, which is worth nothing after a gap.
    std::vector<double> State() const override
    {
        std::vector<double> state;
        for (const Loop& loop : {m_path, m_firstHop})
        {
            Append(loop, state);
        }
        for (const Loop& hop : m_hops)
        {
            Append(hop, state);
        }
        return state;
    }

    /// The first ACK brings the telemetry that the next one is compared with, as at the start of a flow. Without a
    /// state every hop runs at eta, so that the rate stays but for the additive increase.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        std::vector<Loop> loops;
        for (std::size_t i = 0; i + LOOP_VALUES <= state.size(); i += LOOP_VALUES)
        {
            loops.push_back({state[i], {static_cast<uint64_t>(state[i + 1]), static_cast<uint32_t>(state[i + 2])}});
        }
        constexpr std::size_t NOT_OF_HOPS = 2;
        if (loops.size() < NOT_OF_HOPS)
        {
            loops.assign(NOT_OF_HOPS, {m_hpcc.eta, {sender.Rate(), 0}});
        }
        m_path = loops[0];
        m_firstHop = loops[1];
        m_hops.assign(loops.begin() + NOT_OF_HOPS, loops.end());
    }

  private:
    /// Control loop of the path, or of one hop.
    struct Loop
    {
        double utilisation; //!< smoothed over the base RTT
        HpccReference reference;
    };

    static constexpr std::size_t LOOP_VALUES = 3; //!< of a loop in a state

    static void Append(const Loop& loop, std::vector<double>& state)
    {
        state.push_back(loop.utilisation);
        state.push_back(static_cast<double>(loop.reference.rate));
        state.push_back(static_cast<double>(loop.reference.increases));
    }

    struct HopUse
    {
        double utilisation; //!< 1: the link's rate
        double periodNs;    //!< that it was measured over
    };

    bool Skips(const TelemetryRecord& record, bool full) const
    {
        return m_hpcc.sampleFeedback && !full && record.queueBytes == 0;
    }

    /// The last record of a hop; where packets of a flow take several paths, that of the same link.
    TelemetryRecord& LastOf(uint32_t hop, LinkId link)
    {
        if (m_config.loadBalancing == LoadBalancingType::ECMP || m_last[hop].link == link)
        {
            return m_last[hop];
        }
        const auto isOfLink = [link](const TelemetryRecord& record) { return record.link == link; };
        const auto known = std::find_if(m_ofOtherPaths.begin(), m_ofOtherPaths.end(), isOfLink);
        return known == m_ofOtherPaths.end() ? m_ofOtherPaths.emplace_back() : *known;
    }

    /// Section 3.3, equation 2, between the last and this record of a hop; stores this one.
    HopUse Measure(const SenderControl& sender, const TelemetryRecord& now, TelemetryRecord& last) const
    {
        if (now.link != last.link && m_units.namesLinks)
        {
            last = now; // the flow has been rerouted
            return {0, 0};
        }
        if (now.time < last.time && m_config.loadBalancing != LoadBalancingType::ECMP)
        {
            return {0, 0}; // it was overtaken
        }
        // two frames may leave a very fast port within 1 ns
        const uint64_t period = std::max<uint64_t>((now.time - last.time) & m_units.timeMask, 1);
        const auto bytes = static_cast<double>(((now.txBytes - last.txBytes) & m_units.bytesMask) * m_units.bytesUnit);
        const auto queue = static_cast<double>(uint64_t{std::min(now.queueBytes, last.queueBytes)} * m_units.queueUnit);
        const double linkRate = static_cast<double>(now.bitsPerSecond);
        const double sent = bytes * 8 / (static_cast<double>(period) * 1e-9);
        last = now;
        return {sent / linkRate + queue * static_cast<double>(sender.RateCap()) /
                                      (linkRate * static_cast<double>(sender.WindowBytes())),
                static_cast<double>(period)};
    }

    /// Smooths a loop's utilisation. \return rate and increases that are its new reference if they are stored
    HpccReference Next(SenderControl& sender, Loop& loop, const HopUse& use) const
    {
        const auto baseRtt = static_cast<double>(sender.BaseRttNs());
        const double period = std::min(use.periodNs, baseRtt);
        loop.utilisation = (loop.utilisation * (baseRtt - period) + use.utilisation * period) / baseRtt;
        return NextHpccRate(m_hpcc,
                            *m_config.minRateBps,
                            sender,
                            loop.reference,
                            loop.utilisation,
                            RulesOf(m_config.mode).takesQuotients);
    }

    void React(SenderControl& sender, const AckInfo& ack, bool full)
    {
        HopUse busiest{0, 0};
        bool any = false;
        for (uint32_t hop = 0; hop < ack.hopCount; hop++)
        {
            if (Skips(ack.hops[hop], full))
            {
                continue;
            }
            any = true;
            const HopUse use = Measure(sender, ack.hops[hop], LastOf(hop, ack.hops[hop].link));
            if (use.utilisation > busiest.utilisation)
            {
                busiest = use;
            }
        }
        if (!any)
        {
            return;
        }
        const HpccReference next = Next(sender, m_path, busiest);
        sender.SetRateNow(next.rate);
        if (full)
        {
            m_path.reference = next;
        }
    }

    void ReactPerHop(SenderControl& sender, const AckInfo& ack, bool full)
    {
        uint64_t slowest = sender.RateCap();
        bool any = false;
        for (uint32_t hop = 0; hop < ack.hopCount; hop++)
        {
            Loop& loop = m_hops[hop];
            if (Skips(ack.hops[hop], full))
            {
                slowest = std::min(slowest, loop.reference.rate);
                continue;
            }
            any = true;
            const HopUse use = Measure(sender, ack.hops[hop], LastOf(hop, ack.hops[hop].link));
            const HpccReference next = Next(sender, loop, use);
            slowest = std::min(slowest, next.rate);
            if (full)
            {
                loop.reference = next;
            }
        }
        if (any)
        {
            sender.SetRateNow(slowest);
        }
    }

    const RdmaConfig& m_config;
    const HpccConfig& m_hpcc;
    const TelemetryUnits m_units;
    Loop m_path;
    Loop m_firstHop;                             //!< what a hop begins as, with multiRate
    uint64_t m_updateSeq = 0;                    //!< an ACK beyond it is `full`
    std::vector<TelemetryRecord> m_last;         //!< per hop
    std::vector<TelemetryRecord> m_ofOtherPaths; //!< per link that another packet has met at its hop first
    std::vector<Loop> m_hops;                    //!< per hop, with multiRate
};

/// The integer that an x86-64 CPU makes of a rate that need not fit into 64 bits.
uint64_t QuotientOf(double rate)
{
    if (std::isnan(rate))
    {
        return uint64_t{1} << 63;
    }
    return rate < 0x1p64 ? static_cast<uint64_t>(rate) : 0;
}

} // namespace

HpccReference NextHpccRate(const HpccConfig& own,
                           uint64_t minRateBps,
                           const SenderControl& sender,
                           const HpccReference& reference,
                           double utilisation,
                           bool takesQuotients)
{
    const double excess = utilisation / own.eta;
    HpccReference next{0, 0};
    if (excess >= 1 || reference.increases >= own.miThreshold)
    {
        const double scaled = static_cast<double>(reference.rate) / excess;
        next.rate = (takesQuotients    ? QuotientOf(scaled)
                     : scaled < 0x1p63 ? static_cast<uint64_t>(scaled)
                                       : sender.RateCap()) +
                    *own.aiBps;
    }
    else
    {
        next.rate = reference.rate + *own.aiBps;
        next.increases = reference.increases + 1;
    }
    next.rate = std::clamp(next.rate, std::min(minRateBps, sender.RateCap()), sender.RateCap());
    return next;
}

const ParameterTable& HpccParameters()
{
    using Kind = ParameterKind;
    using C = HpccConfig;
    static const ParameterTable table = {
        Parameter("eta", "HpccEta", "HPCC eta", Kind::REAL, &C::eta, "target utilisation of HPCC, above 0")
            .Above(0, 1, "HPCC's target utilisation must be above 0 and at most 1")
            .Key("U_TARGET"),
        Parameter("hpcc-ai", "HpccAi", "HPCC increase", Kind::RATE, &C::aiBps, "additive increase of HPCC")
            .ScaledByNicRate(50'000'000)
            .RequiredKey("RATE_AI"),
        Parameter("hpcc-mi-threshold",
                  "HpccMiThreshold",
                  "HPCC MI threshold",
                  Kind::COUNT,
                  &C::miThreshold,
                  "additive increases before a multiplicative one")
            .Seen(SeenBy::NO_MODEL)
            .Key("MI_THRESH")
            .HpccDefault(5),
        Parameter("hpcc-fast-react",
                  "HpccFastReact",
                  "HPCC fast react",
                  Kind::FLAG,
                  &C::fastReact,
                  "every ACK changes the rate, not one per RTT")
            .Seen(SeenBy::NO_MODEL)
            .Key("FAST_REACT"),
        Parameter("hpcc-multi-rate",
                  "HpccMultiRate",
                  "HPCC multi-rate",
                  Kind::FLAG,
                  &C::multiRate,
                  "a reference rate per hop")
            .Seen(SeenBy::NO_MODEL)
            .Key("MULTI_RATE")
            .HpccDefault(1),
        Parameter("hpcc-sample-feedback",
                  "HpccSampleFeedback",
                  "HPCC sample feedback",
                  Kind::FLAG,
                  &C::sampleFeedback,
                  "hops without queue are not looked at between full reactions")
            .Seen(SeenBy::NO_MODEL)
            .Key("SAMPLE_FEEDBACK"),
        Parameter("hpcc-int-multi",
                  "HpccIntMulti",
                  "HPCC INT unit",
                  Kind::COUNT,
                  &C::intMulti,
                  "unit of the INT counters, hpcc mode only")
            .Within(1, 1 << 20, "the unit of HPCC's INT counters must be from 1 to 2^20")
            .Seen(SeenBy::NO_MODEL)
            .Key("INT_MULTI"),
    };
    return table;
}

void CheckHpcc(const RdmaConfig& config)
{
    if (config.windowBytes && *config.windowBytes == 0 && !RulesOf(config.mode).takesQuotients)
    {
        throw InputError("HPCC needs a window above 0; leave it unset for the path's bandwidth-delay product");
    }
}

ControlDescription HpccControl()
{
    ControlDescription control;
    control.type = CongestionControlType::HPCC;
    control.name = "hpcc";
    control.make = [](const RdmaConfig& config, uint64_t lineRate) { return std::make_unique<Hpcc>(config, lineRate); };
    control.telemetry = Telemetry::HOPS;
    control.parameters = {&HpccParameters()};
    control.check = CheckHpcc;
    control.idleRateShare = [](const RdmaConfig& config)
    {
        const double eta = config.Of<HpccConfig>().eta;
        return eta > 0 ? eta : 1;
    };
    control.summary = [](const RdmaConfig& config) { return FormatText("eta %.4g", config.Of<HpccConfig>().eta); };
    control.isTrained = true;
    return control;
}

} // namespace ns3::m3
