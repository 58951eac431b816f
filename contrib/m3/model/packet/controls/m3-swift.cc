// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-swift.h"

#include "ns3/m3-congestion-control.h"
#include "ns3/m3-input-error.h"

#include "control-window.h"
#include "core/text-format.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

/**
 * Swift (Kumar et al., SIGCOMM 2020, section 3, algorithm 1): the window grows additively while the RTT is below a
 * target, and falls by how far it is above, at most once per RTT. The target grows with the length of the path and
 * with the number of flows, which shows in how small the window is (section 3.5). A loss takes the largest decrease,
 * and so does a timeout; RESET_AFTER timeouts without an ACK between them leave the smallest window.
 *
 * The base RTT stands for the part of the target that depends on the path. All of the delay is that of the fabric:
 * hosts here take no time of their own, so there is no window for them (section 3.2). A window of less than a packet
 * becomes a gap between packets (section 3.1); of a larger one only whole packets are sent.
 */
class Swift : public CongestionControl
{
  public:
    explicit Swift(const RdmaConfig& config)
        : m_config(config.Of<SwiftConfig>()),
          m_packetBytes(config.payloadBytes),
          m_minRate(*config.minRateBps)
    {
        m_scale = static_cast<double>(m_config.flowScalingNs) /
                  (1 / std::sqrt(SMALL_WINDOW_PACKETS) - 1 / std::sqrt(LARGE_WINDOW_PACKETS));
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        m_rttNs = ack.rttNs;
        m_timeouts = 0;
        Begin(sender);
        const double acked = ack.seq > m_acked ? static_cast<double>(ack.seq - m_acked) / m_packetBytes : 0;
        m_acked = std::max(m_acked, ack.seq);
        const auto delay = static_cast<double>(ack.rttNs);
        const double target = TargetNs(sender.BaseRttNs());
        if (delay < target)
        {
            SetWindow(sender, m_window + m_config.aiPackets * acked / std::max(1.0, m_window));
        }
        else
        {
            Decrease(sender, std::min(m_config.beta * (delay - target) / delay, m_config.maxDecrease));
        }
    }

    void OnLoss(SenderControl& sender) override
    {
        m_timeouts = 0;
        Decrease(sender, m_config.maxDecrease);
    }

    void OnTimeout(SenderControl& sender) override
    {
        Begin(sender);
        m_timeouts++;
        if (m_timeouts >= RESET_AFTER)
        {
            SetWindow(sender, MIN_WINDOW_PACKETS);
        }
        else
        {
            Decrease(sender, m_config.maxDecrease);
        }
    }

    std::vector<double> State() const override
    {
        return {m_window, static_cast<double>(m_acked), static_cast<double>(m_lastFallNs)};
    }

    /// Without a state the window is that of the sender's rate.
    void Resume(SenderControl& sender, const std::vector<double>& state) override
    {
        constexpr std::size_t VALUES = 3;
        if (state.size() != VALUES)
        {
            m_acked = sender.NextToSend();
            return;
        }
        m_window = state[0];
        m_acked = static_cast<uint64_t>(state[1]);
        m_lastFallNs = static_cast<int64_t>(state[2]);
    }

  private:
    static constexpr uint32_t RESET_AFTER = 5; //!< timeouts; the paper gives no number
    static constexpr double MIN_WINDOW_PACKETS = 0.01;
    static constexpr double SMALL_WINDOW_PACKETS = 0.1; //!< from which on the target grows no more (fs_min_cwnd)
    static constexpr double LARGE_WINDOW_PACKETS = 100; //!< from which on it is as small as can be (fs_max_cwnd)

    /// Section 3.5: max(0, min(a / sqrt(window) + b, fs_range)) beyond the rest of the target.
    double TargetNs(int64_t baseRttNs) const
    {
        const double scaled = m_scale / std::sqrt(m_window) - m_scale / std::sqrt(LARGE_WINDOW_PACKETS);
        return static_cast<double>(baseRttNs + m_config.targetNs) +
               std::clamp(scaled, 0.0, static_cast<double>(m_config.flowScalingNs));
    }

    /// Without an ACK or a state before, the window is that of the sender's rate, and the RTT the base RTT.
    void Begin(const SenderControl& sender)
    {
        m_window = m_window == 0 ? LargestPackets(sender) * RateShare(sender) : m_window;
        m_rttNs = m_rttNs == 0 ? sender.BaseRttNs() : m_rttNs;
    }

    double LargestPackets(const SenderControl& sender) const
    {
        return FullWindowBytes(sender) / m_packetBytes;
    }

    /// Takes a share of the window where the last decrease is at least an RTT ago.
    void Decrease(SenderControl& sender, double share)
    {
        Begin(sender);
        const bool mayFall = m_lastFallNs < 0 || sender.NowNs() - m_lastFallNs >= m_rttNs;
        SetWindow(sender, mayFall ? m_window * (1 - share) : m_window);
    }

    /// The sender's window follows its rate. Below one packet, where it has one packet all the same, the gap between
    /// two is RTT / window. \param window wanted, packets
    void SetWindow(SenderControl& sender, double window)
    {
        const double largest = LargestPackets(sender);
        const double before = m_window;
        m_window = std::clamp(window, std::min(MIN_WINDOW_PACKETS, largest), largest);
        if (m_window < before)
        {
            m_lastFallNs = sender.NowNs();
        }
        double packets = m_window;
        if (m_window < 1)
        {
            const double slowdown =
                static_cast<double>(sender.BaseRttNs()) / static_cast<double>(std::max<int64_t>(1, m_rttNs));
            packets *= std::min(1.0, slowdown);
        }
        else if (m_window < largest)
        {
            packets = std::floor(m_window);
        }
        sender.SetRateNow(RateOfShare(sender, packets / largest, m_minRate));
    }

    const SwiftConfig& m_config;
    const double m_packetBytes; //!< payload of a full packet
    const uint64_t m_minRate;
    double m_scale;            //!< a of the target's growth, ns
    double m_window = 0;       //!< packets; 0: that of the sender's rate
    uint64_t m_acked = 0;      //!< bytes
    int64_t m_lastFallNs = -1; //!< -1: never
    int64_t m_rttNs = 0;       //!< the last; 0: none
    uint32_t m_timeouts = 0;   //!< since the last answer
};

} // namespace

const ParameterTable& SwiftParameters()
{
    constexpr double HOUR_NS = 3.6e12;
    using Kind = ParameterKind;
    using C = SwiftConfig;
    static const ParameterTable table = {
        Parameter("swift-target",
                  "SwiftTarget",
                  "Swift target",
                  Kind::TIME,
                  &C::targetNs,
                  "delay beyond the base RTT that Swift aims at")
            .Within(1, HOUR_NS, "Swift's target must be from 1 ns to 1 hour")
            .Seen(SeenBy::NO_MODEL),
        Parameter("swift-flow-scaling",
                  "SwiftFlowScaling",
                  "Swift flow scaling",
                  Kind::TIME,
                  &C::flowScalingNs,
                  "how much more Swift's target is with small windows")
            .Within(0, HOUR_NS, "Swift's flow scaling must be at most 1 hour")
            .Seen(SeenBy::NO_MODEL),
        Parameter("swift-ai",
                  "SwiftAi",
                  "Swift increase",
                  Kind::REAL,
                  &C::aiPackets,
                  "packets that Swift's window grows by in an RTT")
            .Above(0, 1000, "Swift's increase must be above 0 and at most 1000 packets")
            .Seen(SeenBy::NO_MODEL),
        Parameter("swift-beta", "SwiftBeta", "Swift beta", Kind::REAL, &C::beta, "weight of a decrease of Swift")
            .Within(0, 1, "Swift's beta must be from 0 to 1")
            .Seen(SeenBy::NO_MODEL),
        Parameter("swift-max-decrease",
                  "SwiftMaxDecrease",
                  "Swift max decrease",
                  Kind::REAL,
                  &C::maxDecrease,
                  "largest share of the window that one decrease of Swift takes")
            .Within(0, 1, "Swift's largest decrease must be from 0 to 1")
            .Seen(SeenBy::NO_MODEL),
    };
    return table;
}

ControlDescription SwiftControl()
{
    ControlDescription control;
    control.name = "swift";
    control.make = [](const RdmaConfig& config, uint64_t /*lineRate*/) { return std::make_unique<Swift>(config); };
    control.telemetry = Telemetry::TIME_STAMP;
    control.parameters = {&SwiftParameters()};
    control.check = CheckStandardMode;
    control.keepsLineRate = [](const RdmaConfig& config, int64_t rttNs)
    { return rttNs < config.baseRttNs.value_or(0) + config.Of<SwiftConfig>().targetNs; };
    control.idleRateShare = [](const RdmaConfig&) { return 1.0; };
    control.summary = [](const RdmaConfig& config)
    { return FormatText("target %.4g µs", static_cast<double>(config.Of<SwiftConfig>().targetNs) / 1000); };
    return control;
}

} // namespace ns3::m3
