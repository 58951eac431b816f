// SPDX-License-Identifier: GPL-2.0-only
// Every input of the per-flow model from its definition, as plain sums over all flows of a run of flowSim, where the
// code keeps running sums, fading averages and integrals.
#include "features/crowded-racks.h"

#include "fabric/ideal-fct.h"
#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-timely.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace ns3::m3;

namespace
{

constexpr double FADING_RTTS[] = {1, 10, 100, 1000}; // time constants of the fading averages, base RTTs

double Clamped(double value)
{
    return std::log(std::clamp(value, 1e-6, 1e6));
}

/// The inputs of hops, from the flows of a run alone.
class ByDefinitionOf
{
  public:
    ByDefinitionOf(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config, const FluidRun& run)
        : m_fabric(fabric),
          m_config(config),
          m_run(run),
          m_rtt(UnitRttNs(fabric, routes, config)),
          m_bdp(1.25 * m_rtt)
    {
    }

    double Rtt() const
    {
        return m_rtt;
    }

    double Window() const
    {
        const auto window = static_cast<double>(m_config.windowBytes.value_or(0));
        return window > 0 ? std::min(window, 100 * m_bdp) : 100 * m_bdp;
    }

    /// The 50 inputs of a flow's hop.
    std::vector<double> Hop(uint32_t flow, std::size_t hop) const
    {
        const FluidFlow& fluid = m_run.fluid.flows[flow];
        const std::size_t hops = fluid.links.size();
        const LinkId link = fluid.links[hop];
        const LinkId back = ReverseLink(link);
        const double now = fluid.startNs;
        const double perRtt = Capacity(link) * m_rtt;
        const auto rtts = [&](double bytes) { return std::log1p(bytes / perRtt); };
        const auto recent = [&](LinkId of, double time)
        {
            const double bytes = Sum(
                of,
                now,
                [&](const User& user) { return user.bytes * std::exp(-(now - user.begin) / (time * m_rtt)); },
                true);
            return std::log1p(bytes / (perRtt * time));
        };
        const auto active = [&](LinkId of, auto value) { return Sum(of, now, value, false); };
        const auto one = [](const User&) { return 1.0; };
        const auto held = [](const User& user) { return user.held ? 1.0 : 0.0; };
        const auto queue = [](const User& user) { return user.queue; };
        const auto window = [](const User& user) { return user.window; };
        const auto rate = [](const User& user) { return user.rate; };
        const auto large = [&](const User& user) { return user.bytes > m_bdp ? 1.0 : 0.0; };
        const auto size = [](const User& user) { return user.bytes; };
        const auto mean = [](double sum, double count) { return count > 0 ? sum / count : 0; };
        const auto any = [&](double at) { return Sum(link, at, held, false) > 0 ? 1.0 : 0.0; };
        const auto queued = [&](double at) { return Sum(link, at, queue, false); };
        const NodeId node = m_fabric.Link(link).from;
        const bool host = m_fabric.IsHost(node);
        const double ports = static_cast<double>(m_fabric.PortCapacity(node)) / 8e9 * m_rtt;
        const double pool = host ? 1 : static_cast<double>(SharedPoolBytes(m_fabric, node, m_config));

        const User self = Of(flow, link);
        const double fct = m_run.fluidFctNs[flow];
        const double end = now + fct;
        const auto meanOfOthers = [&](auto value, double own)
        { return std::max(0.0, Integral(link, now, end, value) - own * fct) / std::max(1.0, fct); };
        const auto arrived = [&](auto value) // while the flow lasts
        { return Sum(link, end, value, true) - Sum(link, now, value, true) - value(self); };

        return {
            hops > 1 ? static_cast<double>(hop) / static_cast<double>(hops - 1) : 0,
            hop == 0 ? 1.0 : 0.0,
            hop == hops - 1 ? 1.0 : 0.0,
            Clamped(Capacity(link) / 1.25),
            static_cast<double>(m_fabric.Link(link).delayNs) / m_rtt,
            Load(link),
            Load(back),
            std::log1p(active(link, one)),
            std::log1p(active(link, large)),
            std::log1p(active(link, size) / m_bdp),
            recent(link, 1),
            recent(link, 10),
            recent(link, 100),
            rtts(Backlog(link, now, false)),
            rtts(Backlog(link, now, true)),
            std::log1p(arrived(size) / m_bdp),
            std::log1p(arrived(one)),
            std::log1p(arrived(size) / (Capacity(link) * std::max(fct, m_rtt))),
            std::log1p(active(back, one)),
            std::log1p(active(back, large)),
            recent(back, 1),
            recent(back, 10),
            rtts(Backlog(back, now, true)),
            host ? 0 : Clamped(pool / ports),
            active(link, rate) / Capacity(link),
            std::log1p(active(link, held)),
            rtts(active(link, [](const User& user) { return user.held ? user.window : 0; })),
            std::log1p(active(link, [&](const User& user) { return user.rate * (user.end - now); }) / m_bdp),
            Faded(link, now, FADING_RTTS[1], any),
            Faded(link, now, FADING_RTTS[2], any),
            rtts(active(link, queue)),
            rtts(Faded(link, now, FADING_RTTS[1], queued)),
            rtts(Faded(link, now, FADING_RTTS[2], queued)),
            std::log1p(QueueOfNode(node, now) / (host ? perRtt : ports)),
            active(back, rate) / Capacity(back),
            std::log1p(active(back, held)),
            rtts(active(back, queue)),
            m_run.heldBy[flow] == hop ? 1.0 : 0.0,
            std::log1p(meanOfOthers(held, held(self))),
            std::log1p(meanOfOthers(queue, queue(self)) / perRtt),
            meanOfOthers(rate, rate(self)) / Capacity(link),
            Faded(link, now, FADING_RTTS[3], any),
            rtts(Faded(link, now, FADING_RTTS[3], queued)),
            std::log1p(mean(active(link, [&](const User& user) { return now - user.begin; }), active(link, one)) /
                       m_rtt),
            std::log1p(mean(active(link, [&](const User& user) { return user.held ? now - user.begin : 0; }),
                            active(link, held)) /
                       m_rtt),
            host ? 0 : Clamped(pool / m_bdp),
            Clamped(m_fabric.Link(link).errorRate),
            std::log1p(Sum(
                link,
                now,
                [&](const User& user) { return std::exp(-(now - user.begin) / m_rtt); },
                true)),
            std::log1p(Sum(link, now + m_rtt, one, true) - Sum(link, now, one, true) - 1),
            std::log1p((Sum(link, now + m_rtt, window, true) - Sum(link, now, window, true) - self.window) / perRtt)};
    }

    double RouteRtt(uint32_t flow) const
    {
        return static_cast<double>(
            BaseRttNs(m_fabric, m_run.fluid.flows[flow].links, m_config.HeaderBytes(), m_config.AckBytes()));
    }

  private:
    /// A flow on a link.
    struct User
    {
        double begin;
        double end;
        double bytes;
        double window; //!< of them, what may leave at once
        double rate;   //!< mean, bytes per ns
        bool held;     //!< this link holds it down
        double queue;  //!< of its window, what waits here
    };

    double Capacity(LinkId link) const
    {
        return static_cast<double>(m_fabric.Link(link).bitsPerSecond) / 8e9;
    }

    User Of(uint32_t flow, LinkId link) const
    {
        const FluidFlow& fluid = m_run.fluid.flows[flow];
        const double bytes = fluid.bits / 8;
        const double fct = std::max(1.0, m_run.fluidFctNs[flow]);
        const bool held = fluid.links[m_run.heldBy[flow]] == link;
        const double window = std::min(bytes, Window());
        const double rate = bytes / fct;
        return {fluid.startNs,
                fluid.startNs + fct,
                bytes,
                window,
                rate,
                held,
                held ? std::max(0.0, window - rate * RouteRtt(flow)) : 0};
    }

    /// Over the flows that use a link: those that have arrived before a time, or of these those that are still there.
    template <typename Value>
    double Sum(LinkId link, double now, Value value, bool all) const
    {
        double sum = 0;
        for (uint32_t flow = 0; flow < m_run.fluid.flows.size(); flow++)
        {
            const auto& links = m_run.fluid.flows[flow].links;
            if (std::find(links.begin(), links.end(), link) != links.end())
            {
                const User user = Of(flow, link);
                sum += user.begin < now && (all || now < user.end) ? value(user) : 0;
            }
        }
        return sum;
    }

    /// Over time, of the sum over the flows that are there.
    template <typename Value>
    double Integral(LinkId link, double from, double to, Value value) const
    {
        double sum = 0;
        for (uint32_t flow = 0; flow < m_run.fluid.flows.size(); flow++)
        {
            const auto& links = m_run.fluid.flows[flow].links;
            if (std::find(links.begin(), links.end(), link) != links.end())
            {
                const User user = Of(flow, link);
                sum += value(user) * std::max(0.0, std::min(to, user.end) - std::max(from, user.begin));
            }
        }
        return sum;
    }

    /// All times before one at which a link's flows change, and that time.
    std::vector<double> Times(LinkId link, double now) const
    {
        std::vector<double> times = {0, now};
        for (uint32_t flow = 0; flow < m_run.fluid.flows.size(); flow++)
        {
            const auto& links = m_run.fluid.flows[flow].links;
            if (std::find(links.begin(), links.end(), link) != links.end())
            {
                const User user = Of(flow, link);
                for (const double time : {user.begin, user.end})
                {
                    if (time < now)
                    {
                        times.push_back(time);
                    }
                }
            }
        }
        std::sort(times.begin(), times.end());
        return times;
    }

    /// Average over the past, which fades with a time constant.
    template <typename Value>
    double Faded(LinkId link, double now, double constantRtts, Value value) const
    {
        const std::vector<double> times = Times(link, now);
        const double constant = constantRtts * m_rtt;
        double sum = 0;
        for (std::size_t i = 0; i + 1 < times.size(); i++)
        {
            const double weight = std::exp((times[i + 1] - now) / constant) - std::exp((times[i] - now) / constant);
            sum += weight > 0 ? weight * value((times[i] + times[i + 1]) / 2) : 0;
        }
        return sum;
    }

    /// A queue that gets each flow, or its first window, at once and drains at the link's rate.
    double Backlog(LinkId link, double now, bool windows) const
    {
        double backlog = 0;
        double before = 0;
        for (uint32_t flow = 0; flow < m_run.fluid.flows.size(); flow++) // in order of their starts
        {
            const auto& links = m_run.fluid.flows[flow].links;
            const User user = Of(flow, link);
            if (std::find(links.begin(), links.end(), link) != links.end() && user.begin < now)
            {
                backlog = std::max(0.0, backlog - (user.begin - before) * Capacity(link));
                backlog += windows ? user.window : user.bytes;
                before = user.begin;
            }
        }
        return std::max(0.0, backlog - (now - before) * Capacity(link));
    }

    /// Windows queued at all links that leave a node.
    double QueueOfNode(NodeId node, double now) const
    {
        double sum = 0;
        for (const LinkId link : m_fabric.EgressLinks(node))
        {
            sum += Sum(
                link,
                now,
                [](const User& user) { return user.queue; },
                false);
        }
        return sum;
    }

    double Load(LinkId link) const
    {
        double bytes = 0;
        double last = 0;
        double first = 1e300;
        for (const FluidFlow& flow : m_run.fluid.flows)
        {
            const bool uses = std::find(flow.links.begin(), flow.links.end(), link) != flow.links.end();
            bytes += uses && flow.startNs >= m_run.loadFromNs ? flow.bits / 8 : 0;
            first = std::min(first, flow.startNs);
            last = std::max(last, flow.startNs);
        }
        return bytes / (Capacity(link) * (m_rtt + last - std::max(first, m_run.loadFromNs)));
    }

    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    const FluidRun& m_run;
    double m_rtt;
    double m_bdp; //!< at 10 Gb/s
};

/// The 34 inputs of a flow, in a fabric whose hosts have 10 Gb/s.
std::vector<double> FlowInputsOf(const FabricGraph& fabric,
                                 const RdmaConfig& config,
                                 const Flow& flow,
                                 double fct,
                                 const FluidFlow& fluid,
                                 const ByDefinitionOf& definition)
{
    const double rtt = definition.Rtt();
    const double bdp = 1.25 * rtt;
    const auto size = static_cast<double>(flow.sizeBytes);
    const double packets = std::ceil(size / 1000);
    const double header = config.HeaderBytes();
    const double wireBytes = size + packets * header;
    const auto ideal =
        static_cast<double>(IdealFctNs(fabric, fluid.links, flow.sizeBytes, config.HeaderBytes(), config.mode));
    const double slowdown = std::max(1.0, (ideal + fct - wireBytes / 1.25) / ideal);
    const double window = definition.Window();
    const auto ownRtt = static_cast<double>(BaseRttNs(fabric, fluid.links, config.HeaderBytes(), config.AckBytes()));
    double arrives = 1; // share of packets
    for (const LinkId link : fluid.links)
    {
        arrives *= 1 - fabric.Link(link).errorRate;
    }
    const auto control = config.congestionControl;
    const bool dctcp = control == CongestionControlType::DCTCP;
    const bool dcqcn = control == CongestionControlType::DCQCN;
    const bool hpcc = control == CongestionControlType::HPCC;
    const bool timely = control == CongestionControlType::TIMELY;
    const auto bytes = [&](const std::optional<uint64_t>& value) { return static_cast<double>(*value) / bdp; };
    const auto rate = [](const std::optional<uint64_t>& value) { return static_cast<double>(*value) / 10e9; };
    const auto time = [&](int64_t value) { return static_cast<double>(value) / rtt; };
    const auto only = [](bool which, double value) { return which ? std::log(value) : 0; };
    return {std::log(packets),
            std::log(wireBytes / bdp),
            size / 1000 - (packets - 1),
            std::log(ideal / rtt),
            std::log(slowdown),
            std::log(slowdown * ideal / rtt),
            static_cast<double>(fluid.links.size()),
            std::log(bdp / 1000),
            std::log(window / bdp),
            config.variableWindow ? 1.0 : 0.0,
            0, // its slowest link has the hosts' rate
            config.pfc ? 1.0 : 0.0,
            dctcp ? 1.0 : 0.0,
            dcqcn ? 1.0 : 0.0,
            hpcc ? 1.0 : 0.0,
            timely ? 1.0 : 0.0,
            control == CongestionControlType::NONE ? 1.0 : 0.0,
            dctcp ? std::log(bytes(config.Of<DctcpConfig>().kBytes)) : 0,
            dctcp ? std::log(rate(config.Of<DctcpConfig>().aiBps)) : 0,
            dcqcn ? std::log(bytes(config.Of<DcqcnConfig>().kminBytes)) : 0,
            dcqcn ? std::log(bytes(config.Of<DcqcnConfig>().kmaxBytes)) : 0,
            dcqcn ? config.Of<DcqcnConfig>().pmax : 0,
            dcqcn ? std::log(rate(config.Of<DcqcnConfig>().aiBps)) : 0,
            only(dcqcn, time(config.Of<DcqcnConfig>().increaseTimerNs)),
            hpcc ? config.Of<HpccConfig>().eta : 0,
            hpcc ? std::log(rate(config.Of<HpccConfig>().aiBps)) : 0,
            only(timely, time(config.Of<TimelyConfig>().tLowNs)),
            only(timely, time(config.Of<TimelyConfig>().tHighNs)),
            timely ? std::log(rate(config.Of<TimelyConfig>().aiBps)) : 0,
            std::log(rate(config.minRateBps)),
            std::log(ownRtt / rtt),
            std::log(window / (1.25 * ownRtt)),
            std::log(std::max(1e6, 3 * ownRtt) / rtt),
            Clamped(packets * (1 - arrives))};
}

} // namespace

TEST(FeaturesByDefinition, OfHops)
{
    const FabricGraph fabric = ThreeRacks();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const FlowList flows = CrowdedFlows(fabric);
    std::vector<uint32_t> all(flows.size());
    for (uint32_t flow = 0; flow < all.size(); flow++)
    {
        all[flow] = flow;
    }
    for (const double loadFrom : {0.0, static_cast<double>(flows[80].startNs)}) // that flow counts
    {
        RdmaConfig config;
        config.windowBytes = loadFrom > 0 ? 9000 : 40'000;
        if (loadFrom > 0)
        {
            config.baseRttNs = 8384; // one BDP is 10 packets of 1048 B: a flow of 10 packets is not large yet
        }
        config = config.Resolve(fabric, routes).AtNic(fabric.HostRate());
        FluidRun run = RecordFluidRun(fabric, routes, config, flows);
        run.loadFromNs = loadFrom;
        const FlowFeatures features = ViewFluid(fabric, routes, config, flows, all, run);
        ASSERT_EQ(features.Count(), flows.size());
        const ByDefinitionOf definition(fabric, routes, config, run);
        std::vector<double> seen(HOP_INPUTS, 0);
        for (uint32_t flow = 0; flow < flows.size(); flow++)
        {
            const std::size_t hops = run.fluid.flows[flow].links.size();
            ASSERT_EQ(features.hopBegin[flow + 1] - features.hopBegin[flow], hops);
            for (std::size_t hop = 0; hop < hops; hop++)
            {
                const std::vector<double> expected = definition.Hop(flow, hop);
                ASSERT_EQ(expected.size(), HOP_INPUTS);
                const float* values = &features.hop[(features.hopBegin[flow] + hop) * std::size_t{HOP_INPUTS}];
                for (std::size_t input = 0; input < HOP_INPUTS; input++)
                {
                    ASSERT_NEAR(values[input], expected[input], 1e-6 * (1 + std::abs(expected[input])))
                        << "input " << input << " of flow " << flow << ", hop " << hop;
                    seen[input] = std::max(seen[input], std::abs(expected[input]));
                }
            }
        }
        for (std::size_t input = 0; input < HOP_INPUTS; input++)
        {
            EXPECT_GT(seen[input], 0) << "nothing was compared: input " << input;
        }
    }
}

TEST(FeaturesByDefinition, OfFlows)
{
    const FabricGraph fabric = ThreeRacks();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const FlowList flows = CrowdedFlows(fabric);
    const std::vector<uint32_t> selection = {0, 3, 17, 100, 101, 199};
    int variant = 0;
    for (const char* control : {"dctcp", "dcqcn", "hpcc", "timely", "none"})
    {
        RdmaConfig config;
        config.congestionControl = ParseCongestionControl(control);
        config.variableWindow = variant % 2 == 0;
        config.pfc = variant % 3 != 0;
        config.Of<TimelyConfig>().tLowNs = 40'000;
        if (variant >= 3)
        {
            config.windowBytes = variant == 3 ? 5'000'000 : 0; // beyond 100 BDPs, and none: both are seen as 100
        }
        variant++;
        config = config.Resolve(fabric, routes).AtNic(fabric.HostRate());
        const FluidRun run = RecordFluidRun(fabric, routes, config, flows);
        const FlowFeatures features = ViewFluid(fabric, routes, config, flows, selection, run);
        const ByDefinitionOf definition(fabric, routes, config, run);
        for (std::size_t row = 0; row < selection.size(); row++)
        {
            const uint32_t flow = selection[row];
            const std::vector<double> expected =
                FlowInputsOf(fabric, config, flows[flow], run.fluidFctNs[flow], run.fluid.flows[flow], definition);
            ASSERT_EQ(expected.size(), FLOW_INPUTS);
            for (std::size_t input = 0; input < FLOW_INPUTS; input++)
            {
                EXPECT_NEAR(features.flow[row * FLOW_INPUTS + input],
                            expected[input],
                            1e-5 * (1 + std::abs(expected[input])))
                    << control << ": input " << input << " of flow " << flow;
            }
        }
    }
}

TEST(FeaturesByDefinition, PlacesAndNamesBelongTogether)
{
    const std::pair<uint32_t, std::string> ofFlows[] = {{LOG_IDEAL, "ideal FCT in base RTTs"},
                                                        {LOG_FLUID, "fluid slowdown"},
                                                        {HAS_PFC, "PFC"},
                                                        {IS_DCTCP, "DCTCP"},
                                                        {IS_DCQCN, "DCQCN"},
                                                        {IS_HPCC, "HPCC"},
                                                        {IS_TIMELY, "TIMELY"},
                                                        {LOG_DCTCP_K, "DCTCP K in BDPs"},
                                                        {LOG_DCQCN_KMIN, "DCQCN Kmin in BDPs"},
                                                        {LOG_DCQCN_KMAX, "DCQCN Kmax in BDPs"},
                                                        {LOG_TIMELY_LOW, "TIMELY T_low in base RTTs"},
                                                        {LOG_TIMELY_HIGH, "TIMELY T_high in base RTTs"}};
    for (const auto& [place, name] : ofFlows)
    {
        EXPECT_EQ(FLOW_INPUT_NAMES[place].text, name);
    }
    const std::pair<uint32_t, std::string> ofHops[] = {
        {IS_FIRST, "first link"},
        {LINK_LOAD, "load of a link"},
        {REVERSE_LOAD, "load of a link's other direction"},
        {WINDOW_BACKLOG, "backlog of first windows on a link, in base RTTs"},
        {QUEUE, "windows queued before a link, in base RTTs"},
        {RECENT_QUEUE, "windows queued before a link in the last 10 RTTs"},
        {LIFETIME_QUEUE, "windows queued before a link during a flow"},
        {LOG_POOL, "shared buffer of a switch in BDPs"}};
    for (const auto& [place, name] : ofHops)
    {
        EXPECT_EQ(HOP_INPUT_NAMES[place].text, name);
    }
}

TEST(FeaturesByDefinition, LogarithmsStayWithinAMillion)
{
    const FabricGraph fabric = ThreeRacks();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    RdmaConfig config;
    config.minRateBps = 1; // of 10 Gb/s
    config.baseRttNs = 1000;
    config = config.Resolve(fabric, routes);
    const FlowList flows = {{fabric.Hosts()[0], fabric.Hosts()[5], 2'000'000'000'000, 0}}; // of 1250 B
    const FluidRun run = RecordFluidRun(fabric, routes, config, flows);
    const FlowFeatures features = ViewFluid(fabric, routes, config, flows, {0}, run);
    constexpr std::size_t SIZE = 1;
    constexpr std::size_t MIN_RATE = 29;
    EXPECT_FLOAT_EQ(features.flow[SIZE], std::log(1e6F));
    EXPECT_FLOAT_EQ(features.flow[MIN_RATE], std::log(1e-6F));
}

TEST(FeaturesByDefinition, AWindowThatIsNotSetIsSeenAsAHundredBdps)
{
    const FabricGraph fabric = ThreeRacks();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    RdmaConfig config;
    config.perPairWindow = true; // each pair has its own, and the configuration none
    config = config.Resolve(fabric, routes);
    const HopSettings settings(fabric, routes, config);
    EXPECT_DOUBLE_EQ(settings.WindowBytes(10'000'000'000), 100 * 1.25 * settings.rttNs);
    EXPECT_EQ(settings.format.headerBytes, 48U);
    EXPECT_EQ(settings.ackBytes, 60U);
    EXPECT_TRUE(settings == HopSettings(fabric, routes, config));
    config.congestionControl = CongestionControlType::HPCC; // another header
    EXPECT_FALSE(settings == HopSettings(fabric, routes, config));
}

TEST(FeaturesByDefinition, AFlowThatIsOverAtOnceLastsANanosecond)
{
    // 49 B at 1 Tb/s are 0.39 ns, 0.78 ns for two at once: the second finds the first at a mean rate of 49 B/ns
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(0, 1, 1'000'000'000'000, 1000);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    const FlowList flows = {{0, 1, 1, 0}, {0, 1, 1, 0}};
    FluidRun run = RecordFluidRun(fabric, routes, config, flows);
    const FlowFeatures features = ViewFluid(fabric, routes, config, flows, {1}, run);
    constexpr std::size_t RATE = 24;
    EXPECT_NEAR(features.hop[RATE], 49 / 125.0, 1e-6);
}
