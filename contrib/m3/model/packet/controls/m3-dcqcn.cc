// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-dcqcn.h"

#include "ns3/m3-congestion-control.h"
#include "ns3/m3-input-error.h"

#include "core/text-format.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

constexpr const char* MARKING_REFUSAL = "DCQCN needs Kmin at most Kmax and a marking probability of at most 1";

/**
 * DCQCN (Zhu et al., SIGCOMM 2015, section 5): marks cut the rate by alpha / 2 at most once per decrease interval, then
 * it recovers towards a target in rounds of the increase timer: fast recovery, additive, hyper increase.
 */
class Dcqcn : public CongestionControl
{
  public:
    Dcqcn(const RdmaConfig& config, uint64_t lineRate)
        : m_config(config.Of<DcqcnConfig>()),
          m_minRate(*config.minRateBps),
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
            sender.StartTimer(ALPHA, m_config.alphaTimerNs);
            sender.StartTimer(DECREASE, m_config.decreaseTimerNs + 1);
            m_target = sender.Rate();
        }
    }

    void OnTimer(SenderControl& sender, uint32_t timer) override
    {
        switch (timer)
        {
        case ALPHA:
            m_alpha = (1 - m_config.gain) * m_alpha + (m_markedForAlpha ? m_config.gain : 0);
            m_markedForAlpha = false;
            sender.StartTimer(ALPHA, m_config.alphaTimerNs);
            break;
        case DECREASE:
            sender.StartTimer(DECREASE, m_config.decreaseTimerNs);
            if (m_markedForDecrease)
            {
                Decrease(sender);
            }
            break;
        default:
            sender.StartTimer(INCREASE, m_config.increaseTimerNs);
            Increase(sender);
        }
    }

    std::vector<double> State() const override
    {
        return {m_alpha,
                static_cast<double>(m_first),
                static_cast<double>(m_markedForAlpha),
                static_cast<double>(m_markedForDecrease),
                static_cast<double>(m_target),
                static_cast<double>(m_round)};
    }

    /// Timers start at random phases. Without a state it begins as at the start of a flow: marks cut a rate that is too
    /// high in one period of a timer, and one that is too low recovers by few Mb/s in each.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 6;
        if (state.size() == VALUES)
        {
            m_alpha = state[0];
            m_first = state[1] != 0;
            m_markedForAlpha = state[2] != 0;
            m_markedForDecrease = state[3] != 0;
            m_target = static_cast<uint64_t>(state[4]);
            m_round = static_cast<uint32_t>(state[5]);
        }
        else
        {
            sender.SetRate(sender.RateCap());
        }
        if (!m_first)
        {
            StartAtRandom(sender, ALPHA, m_config.alphaTimerNs);
            StartAtRandom(sender, DECREASE, m_config.decreaseTimerNs);
            StartAtRandom(sender, INCREASE, m_config.increaseTimerNs);
        }
    }

  private:
    enum Timer : uint32_t
    {
        ALPHA,
        DECREASE,
        INCREASE
    };

    static void StartAtRandom(SenderControl& sender, Timer timer, int64_t periodNs)
    {
        sender.StartTimer(timer, 1 + static_cast<int64_t>(sender.Random() * static_cast<double>(periodNs)));
    }

    void Decrease(SenderControl& sender)
    {
        if (m_config.clampTarget || m_round != 0)
        {
            m_target = sender.Rate();
        }
        sender.SetRate(std::max(m_minRate, ScaleRate(sender.Rate(), 1 - m_alpha / 2)));
        m_round = 0;
        m_markedForDecrease = false;
        sender.StartTimer(INCREASE, m_config.increaseTimerNs);
    }

    void Increase(SenderControl& sender)
    {
        if (m_round >= m_config.fastRecoveryTimes)
        {
            const bool hyper = m_round > m_config.fastRecoveryTimes;
            m_target = std::min(m_lineRate, m_target + (hyper ? *m_config.haiBps : *m_config.aiBps));
        }
        sender.SetRate(std::max<uint64_t>(1, sender.Rate() / 2 + m_target / 2)); // halves of 1 bit/s are 0
        m_round++;
    }

    const DcqcnConfig& m_config;
    uint64_t m_minRate;
    uint64_t m_lineRate;
    double m_alpha = 1;
    bool m_first = true;              //!< no mark seen yet
    bool m_markedForAlpha = false;    //!< since the alpha timer ran
    bool m_markedForDecrease = false; //!< since the last decrease
    uint64_t m_target = 0;            //!< rate to recover to, bit/s
    uint32_t m_round = 0;             //!< of the increase timer since the last decrease
};

/// Thresholds and probability of ECN marking.
ParameterTable MarkingParameters()
{
    using C = DcqcnConfig;
    return {
        Parameter("kmin",
                  "DcqcnKmin",
                  "DCQCN Kmin",
                  ParameterKind::BYTES,
                  &C::kminBytes,
                  "queue of a host-rate port from which DCQCN has it mark some packets")
            .ScaledByHostRate(10'000)
            .Marking(),
        Parameter("kmax",
                  "DcqcnKmax",
                  "DCQCN Kmax",
                  ParameterKind::BYTES,
                  &C::kmaxBytes,
                  "queue of a host-rate port from which DCQCN has it mark all packets")
            .ScaledByHostRate(40'000)
            .Marking(),
        Parameter("pmax",
                  "DcqcnPmax",
                  "DCQCN pmax",
                  ParameterKind::REAL,
                  &C::pmax,
                  "marking probability of DCQCN just below Kmax")
            .Within(0, 1, MARKING_REFUSAL)
            .Seen(SeenBy::PER_FLOW_MODELS)
            .Marking(),
    };
}

/// How much a step changes the rate.
ParameterTable StepParameters()
{
    using Kind = ParameterKind;
    using C = DcqcnConfig;
    return {
        Parameter("dcqcn-gain", "DcqcnGain", "DCQCN gain", Kind::REAL, &C::gain, "g, the weight of the newest mark")
            .Within(0, 1, "DCQCN's gain must be from 0 to 1")
            .Seen(SeenBy::NO_MODEL)
            .RequiredKey("EWMA_GAIN"),
        Parameter("dcqcn-ai", "DcqcnAi", "DCQCN increase", Kind::RATE, &C::aiBps, "additive increase of DCQCN")
            .ScaledByNicRate(2'000'000)
            .Seen(SeenBy::PER_FLOW_MODELS)
            .RequiredKey("RATE_AI"),
        Parameter("dcqcn-hai", "DcqcnHai", "DCQCN hyper increase", Kind::RATE, &C::haiBps, "hyper increase of DCQCN")
            .ScaledByNicRate(20'000'000)
            .Seen(SeenBy::NO_MODEL)
            .RequiredKey("RATE_HAI"),
    };
}

/// A period of DCQCN, in us in HPCC's files.
Parameter TimerParameter(const char* option,
                         const char* attribute,
                         const char* label,
                         int64_t DcqcnConfig::*member,
                         const char* text)
{
    constexpr double HOUR_NS = 3.6e12;
    return Parameter(option, attribute, label, ParameterKind::TIME, member, text)
        .Within(1, HOUR_NS, "DCQCN's timers must be from 1 ns to 1 hour")
        .Microseconds();
}

/// When steps are taken.
ParameterTable TimerParameters()
{
    using C = DcqcnConfig;
    return {
        TimerParameter("dcqcn-alpha-timer",
                       "DcqcnAlphaTimer",
                       "DCQCN alpha timer",
                       &C::alphaTimerNs,
                       "period of the decay of alpha")
            .Seen(SeenBy::NO_MODEL)
            .Key("ALPHA_RESUME_INTERVAL")
            .HpccDefault(55'000),
        TimerParameter("dcqcn-decrease-timer",
                       "DcqcnDecreaseTimer",
                       "DCQCN decrease timer",
                       &C::decreaseTimerNs,
                       "shortest time between two decreases")
            .Seen(SeenBy::NO_MODEL)
            .Key("RATE_DECREASE_INTERVAL")
            .HpccDefault(4'000),
        TimerParameter("dcqcn-increase-timer",
                       "DcqcnIncreaseTimer",
                       "DCQCN increase timer",
                       &C::increaseTimerNs,
                       "time between two increases")
            .Seen(SeenBy::PER_FLOW_MODELS)
            .RequiredKey("RP_TIMER"),
    };
}

/// What the target rate of a recovery follows from.
ParameterTable RecoveryParameters()
{
    using C = DcqcnConfig;
    return {
        Parameter("dcqcn-fast-recovery-times",
                  "DcqcnFastRecoveryTimes",
                  "DCQCN fast recovery times",
                  ParameterKind::COUNT,
                  &C::fastRecoveryTimes,
                  "steps of fast recovery before additive increase")
            .Seen(SeenBy::NO_MODEL)
            .Key("FAST_RECOVERY_TIMES")
            .HpccDefault(5),
        Parameter("dcqcn-clamp-target",
                  "DcqcnClampTarget",
                  "DCQCN clamp target",
                  ParameterKind::FLAG,
                  &C::clampTarget,
                  "the target rate follows every decrease")
            .Seen(SeenBy::NO_MODEL)
            .Key("CLAMP_TARGET_RATE"),
    };
}

} // namespace

const ParameterTable& DcqcnParameters()
{
    static const ParameterTable table = []
    {
        ParameterTable all;
        for (const ParameterTable& part :
             {MarkingParameters(), StepParameters(), TimerParameters(), RecoveryParameters()})
        {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return table;
}

ControlDescription DcqcnControl()
{
    ControlDescription control;
    control.type = CongestionControlType::DCQCN;
    control.name = "dcqcn";
    control.make = [](const RdmaConfig& config, uint64_t lineRate)
    { return std::make_unique<Dcqcn>(config, lineRate); };
    control.parameters = {&DcqcnParameters()};
    control.marking = [](const RdmaConfig& config)
    {
        const auto& own = config.Of<DcqcnConfig>();
        return EcnProfile{*own.kminBytes, *own.kmaxBytes, own.pmax};
    };
    control.check = [](const RdmaConfig& config)
    {
        const auto& own = config.Of<DcqcnConfig>();
        if (*own.kminBytes > *own.kmaxBytes)
        {
            throw InputError(MARKING_REFUSAL);
        }
    };
    control.keepsLineRate = [](const RdmaConfig&, int64_t) { return true; };
    control.idleRateShare = [](const RdmaConfig&) { return 1.0; };
    control.summary = [](const RdmaConfig& config)
    {
        const DcqcnConfig& own = config.Of<DcqcnConfig>();
        return FormatText("K %.4g KB to %.4g KB",
                          static_cast<double>(*own.kminBytes) / 1000,
                          static_cast<double>(*own.kmaxBytes) / 1000);
    };
    // alpha falls by 1 / e in 1 / g periods without marks
    control.memoryNs = [](const RdmaConfig& config)
    {
        const DcqcnConfig& own = config.Of<DcqcnConfig>();
        return static_cast<double>(own.alphaTimerNs) / std::max(own.gain, 1e-6);
    };
    control.isTrained = true;
    control.trainedTogether = [](const RdmaConfig& config, RdmaConfig& trained)
    {
        constexpr int64_t SLOW_INCREASE_NS = 300'000; // comes with the faster timers of the HPCC paper in training
        if (config.Of<DcqcnConfig>().increaseTimerNs == SLOW_INCREASE_NS)
        {
            trained.Of<DcqcnConfig>().alphaTimerNs = 1000;
            trained.Of<DcqcnConfig>().decreaseTimerNs = 4000;
        }
    };
    return control;
}

} // namespace ns3::m3
