// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-power-tcp.h"

#include "ns3/m3-congestion-control.h"

#include "control-window.h"
#include "core/text-format.h"

#include <algorithm>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr double MIN_POWER = 1e-3; //!< of a path on which hardly anything moves; the window has a cap, too

/// The window of both variants (Addanki et al., NSDI 2022, section 3.3, equation 7): an average of the present window
/// and of what it was one RTT before, divided by the path's power, with a step added.
class PowerWindow : public CongestionControl
{
  public:
    explicit PowerWindow(const RdmaConfig& config)
        : m_config(config.Of<PowerTcpConfig>()),
          m_minRate(*config.minRateBps)
    {
    }

    std::vector<double> State() const override
    {
        return {m_window, m_before, m_power, static_cast<double>(m_updateSeq)};
    }

    /// Without a state both windows are that of the sender's rate, and the power is 1. The first ACK brings what the
    /// next one is compared with, as at the start of a flow.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 4;
        if (state.size() != VALUES)
        {
            m_updateSeq = sender.NextToSend();
            return;
        }
        m_window = state[0];
        m_before = state[1];
        m_power = state[2];
        m_updateSeq = static_cast<uint64_t>(state[3]);
    }

  protected:
    /// Takes a power, normalised, that was measured over a time, into the average over a base RTT.
    void Smooth(double power, double periodNs, int64_t baseRttNs)
    {
        const auto rtt = static_cast<double>(baseRttNs);
        const double period = std::min(periodNs, rtt);
        m_power = (m_power * (rtt - period) + power * period) / rtt;
    }

    /// Whether an ACK is the first of data that was sent after the last one of which that holds, one per RTT.
    bool EndsRtt(const AckInfo& ack) const
    {
        return ack.seq > m_updateSeq;
    }

    /// Moves the window, and with it the rate.
    void Update(SenderControl& sender)
    {
        const double full = FullWindowBytes(sender);
        Begin(sender, full);
        const double step = full / static_cast<double>(m_config.flows);
        const double wanted = m_before / std::max(m_power, MIN_POWER) + step;
        m_window = std::min(full, m_config.gamma * wanted + (1 - m_config.gamma) * m_window);
        const uint64_t rate = RateOfShare(sender, m_window / full, m_minRate);
        m_window = std::max(m_window, full * static_cast<double>(rate) / static_cast<double>(sender.RateCap()));
        sender.SetRateNow(rate);
    }

    /// An RTT ends: what is sent from now on has the present window.
    void Remember(const SenderControl& sender)
    {
        Begin(sender, FullWindowBytes(sender));
        m_before = m_window;
        m_updateSeq = std::max(m_updateSeq, sender.NextToSend());
    }

  private:
    void Begin(const SenderControl& sender, double full)
    {
        if (m_window == 0)
        {
            m_window = full * RateShare(sender);
            m_before = m_window;
        }
    }

    const PowerTcpConfig& m_config;
    const uint64_t m_minRate;
    double m_window = 0;      //!< bytes; 0: that of the sender's rate
    double m_before = 0;      //!< window when the data was sent that is being acknowledged, bytes
    double m_power = 1;       //!< smoothed, normalised
    uint64_t m_updateSeq = 0; //!< an ACK beyond it ends an RTT
};

/**
 * PowerTCP (section 3.3, algorithm 1): the power of a port is its current, what comes in per second (the growth of the
 * queue and what is sent), times its voltage, the queue and the bandwidth-delay product. Normalised, it is 1 where the
 * port sends at its rate without queue; the port of the path with the largest one counts.
 */
class PowerTcp : public PowerWindow
{
  public:
    using PowerWindow::PowerWindow;

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (ack.hopCount == 0)
        {
            return; // a path without switches
        }
        if (m_last.size() != ack.hopCount)
        {
            m_last.assign(ack.hops, ack.hops + ack.hopCount);
            Remember(sender);
            return;
        }
        double largest = 0;
        double periodOfLargest = 0;
        for (uint32_t hop = 0; hop < ack.hopCount; hop++)
        {
            TelemetryRecord& last = m_last[hop];
            const TelemetryRecord& now = ack.hops[hop];
            const auto period = static_cast<double>(std::max<uint64_t>(now.time - last.time, 1));
            const bool isSame = now.link == last.link && now.time >= last.time;
            const double power = isSame ? PowerOf(now, last, period, sender.BaseRttNs()) : 0;
            last = now;
            if (power > largest)
            {
                largest = power;
                periodOfLargest = period;
            }
        }
        if (largest > 0)
        {
            Smooth(largest, periodOfLargest, sender.BaseRttNs());
            Update(sender);
        }
        if (EndsRtt(ack))
        {
            Remember(sender);
        }
    }

  private:
    /// Power of a port over a period, in units of rate^2 x base RTT.
    static double PowerOf(const TelemetryRecord& now, const TelemetryRecord& last, double periodNs, int64_t baseRttNs)
    {
        constexpr double NS_OF_BITS = 8e9; // times bytes over a rate
        const auto rate = static_cast<double>(now.bitsPerSecond);
        const double grown = static_cast<double>(now.queueBytes) - static_cast<double>(last.queueBytes);
        const auto sent = static_cast<double>(now.txBytes - last.txBytes);
        const double current = (grown + sent) * NS_OF_BITS / rate / periodNs;
        const double queueNs = static_cast<double>(now.queueBytes) * NS_OF_BITS / rate;
        return current * (1 + queueNs / static_cast<double>(baseRttNs));
    }

    std::vector<TelemetryRecord> m_last; //!< per hop
};

/**
 * theta-PowerTCP (section 3.5 and appendix B, algorithm 2): the same by RTTs alone, where switches have no telemetry.
 * With the bottleneck's queue never empty, its current is rate x (1 + dRTT/dt) and its voltage rate x RTT. The window
 * moves once per RTT.
 */
class ThetaPowerTcp : public PowerWindow
{
  public:
    using PowerWindow::PowerWindow;

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        if (m_lastNs < 0)
        {
            m_lastNs = sender.NowNs();
            m_lastRttNs = ack.rttNs;
            Remember(sender);
            return;
        }
        const auto period = static_cast<double>(std::max<int64_t>(sender.NowNs() - m_lastNs, 1));
        const double gradient = static_cast<double>(ack.rttNs - m_lastRttNs) / period;
        const double power = (1 + gradient) * static_cast<double>(ack.rttNs) / static_cast<double>(sender.BaseRttNs());
        Smooth(std::max(power, 0.0), period, std::max(sender.BaseRttNs(), ack.rttNs));
        m_lastNs = sender.NowNs();
        m_lastRttNs = ack.rttNs;
        if (EndsRtt(ack))
        {
            Update(sender);
            Remember(sender);
        }
    }

  private:
    int64_t m_lastNs = -1; //!< of the last ACK; -1: none
    int64_t m_lastRttNs = 0;
};

/// What both variants have in common.
ControlDescription PowerControl(const char* name, Telemetry telemetry)
{
    ControlDescription control;
    control.name = name;
    control.telemetry = telemetry;
    control.parameters = {&PowerTcpParameters()};
    control.check = CheckStandardMode;
    control.summary = [](const RdmaConfig& config)
    {
        const PowerTcpConfig& own = config.Of<PowerTcpConfig>();
        return FormatText("gamma %.4g, N %llu", own.gamma, static_cast<unsigned long long>(own.flows));
    };
    return control;
}

} // namespace

const ParameterTable& PowerTcpParameters()
{
    using Kind = ParameterKind;
    using C = PowerTcpConfig;
    static const ParameterTable table = {
        Parameter("power-gamma",
                  "PowerGamma",
                  "PowerTCP gamma",
                  Kind::REAL,
                  &C::gamma,
                  "weight of the newest window of PowerTCP")
            .Above(0, 1, "PowerTCP's gamma must be above 0 and at most 1")
            .Seen(SeenBy::NO_MODEL),
        Parameter("power-flows",
                  "PowerFlows",
                  "PowerTCP flows",
                  Kind::COUNT,
                  &C::flows,
                  "flows whose additive increases come to a bandwidth-delay product under PowerTCP")
            .Within(1, 1e6, "PowerTCP's number of flows must be from 1 to 10^6")
            .Seen(SeenBy::NO_MODEL),
    };
    return table;
}

ControlDescription PowerTcpControl()
{
    ControlDescription control = PowerControl("powertcp", Telemetry::HOPS);
    control.make = [](const RdmaConfig& config, uint64_t /*lineRate*/) { return std::make_unique<PowerTcp>(config); };
    return control;
}

ControlDescription ThetaPowerTcpControl()
{
    ControlDescription control = PowerControl("theta-powertcp", Telemetry::TIME_STAMP);
    control.make = [](const RdmaConfig& config, uint64_t /*lineRate*/)
    { return std::make_unique<ThetaPowerTcp>(config); };
    return control;
}

} // namespace ns3::m3
