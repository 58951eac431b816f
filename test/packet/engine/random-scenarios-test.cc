// SPDX-License-Identifier: GPL-2.0-only
// What holds for every scenario, whatever the network, the traffic and the configuration.
//
// By default a few seeds, always the same. M3_RANDOM_SECONDS=600 goes on for so long, from seed M3_RANDOM_SEED (1
// unless set); with M3_RANDOM_SECONDS=0 it is that one seed.
#include "packet/engine/random-scenario.h"

#include "engines/parsimon.h"
#include "fabric/ideal-fct.h"
#include "fabric/ideal-over-paths.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-recovery-description.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

using namespace ns3::m3;

namespace
{

constexpr uint64_t MTU = MTU_PAYLOAD_BYTES;

/// Calls check(seed) for the seeds of this run; stops after a few that fail.
template <typename Check>
void ForEachSeed(uint64_t seeds, Check check)
{
    const char* seconds = std::getenv("M3_RANDOM_SECONDS");
    const char* first = std::getenv("M3_RANDOM_SEED");
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::duration<double>(seconds ? ParseReal("M3_RANDOM_SECONDS", seconds, 0) : 0);
    constexpr int ENOUGH_FAILURES = 5;
    int failures = 0;
    uint64_t done = 0;
    const uint64_t begin = first ? ParseUnsigned("M3_RANDOM_SEED", first) : 1;
    for (uint64_t seed = begin; failures < ENOUGH_FAILURES; seed++)
    {
        const RandomScenario scenario = MakeRandomScenario(seed);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + scenario.description);
        const int before = ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
        check(seed, scenario);
        const int after = ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
        failures += after > before;
        done++;
        if (seconds ? std::chrono::steady_clock::now() >= end : done == seeds)
        {
            break;
        }
    }
    ::testing::Test::RecordProperty("seeds", std::to_string(done));
}

/// Where the data packets of each flow went, and what switch ports hold.
class Ledger : public PacketObserver
{
  public:
    explicit Ledger(const RandomScenario& scenario)
        : m_scenario(scenario),
          m_headerBytes(scenario.config.HeaderBytes()),
          m_sent(scenario.flows.size()),
          m_dropped(scenario.flows.size()),
          m_left(scenario.flows.size()),
          m_arrived(scenario.flows.size())
    {
        for (std::size_t flow = 0; flow < m_arrived.size(); flow++)
        {
            m_left[flow].resize((scenario.flows[flow].sizeBytes + MTU - 1) / MTU);
            m_arrived[flow] = m_left[flow];
        }
    }

    void OnFrame(const FrameInfo& frame) override
    {
        if (frame.kind != PacketKind::DATA)
        {
            return;
        }
        const Flow& flow = m_scenario.flows[frame.flow];
        ASSERT_EQ(frame.seq % MTU, 0U);
        ASSERT_LT(frame.seq, flow.sizeBytes);
        ASSERT_EQ(frame.wireBytes, std::min(MTU, flow.sizeBytes - frame.seq) + m_headerBytes);
        m_sent[frame.flow][frame.link]++;
        if (m_scenario.fabric.Link(frame.link).from == flow.src)
        {
            m_sentAgain += m_left[frame.flow][frame.seq / MTU];
            m_left[frame.flow][frame.seq / MTU] = true;
        }
        if (m_scenario.fabric.Link(frame.link).to == flow.dst)
        {
            m_arrived[frame.flow][frame.seq / MTU] = true;
        }
    }

    void OnDrop(LinkId link, uint32_t flow) override
    {
        m_dropped[flow][link]++;
        m_droppedInAll++;
    }

    void OnQueueLength(LinkId egress, uint64_t bytes) override
    {
        m_queued[egress] = bytes;
    }

    /// Packets of a flow that a link was given.
    uint64_t Sent(uint32_t flow, LinkId link) const
    {
        const auto at = m_sent[flow].find(link);
        return at == m_sent[flow].end() ? 0 : at->second;
    }

    /// Of those, how many did not get further.
    uint64_t Dropped(uint32_t flow, LinkId link) const
    {
        const auto at = m_dropped[flow].find(link);
        return at == m_dropped[flow].end() ? 0 : at->second;
    }

    /// Whether each packet of a flow was sent to its receiver.
    bool AllArrived(uint32_t flow) const
    {
        return std::find(m_arrived[flow].begin(), m_arrived[flow].end(), false) == m_arrived[flow].end();
    }

    uint64_t SentInAll() const
    {
        uint64_t sum = 0;
        for (const auto& links : m_sent)
        {
            for (const auto& [link, packets] : links)
            {
                sum += packets;
            }
        }
        return sum;
    }

    uint64_t SentAgain() const
    {
        return m_sentAgain;
    }

    uint64_t DroppedInAll() const
    {
        return m_droppedInAll;
    }

    uint64_t Queued() const
    {
        uint64_t sum = 0;
        for (const auto& [link, bytes] : m_queued)
        {
            sum += bytes;
        }
        return sum;
    }

  private:
    const RandomScenario& m_scenario;
    const uint32_t m_headerBytes;
    std::vector<std::map<LinkId, uint64_t>> m_sent;
    std::vector<std::map<LinkId, uint64_t>> m_dropped;
    std::vector<std::vector<bool>> m_left;    //!< packets that their sender has sent
    std::vector<std::vector<bool>> m_arrived; //!< packets that were sent to their receiver
    uint64_t m_sentAgain = 0;
    uint64_t m_droppedInAll = 0; //!< ACKs, too
    std::map<LinkId, uint64_t> m_queued;
};

/// Where nothing holds back senders that are too fast (PFC is off, and no control goes below its minimum rate), most
/// packets are dropped and sent again, for seconds at full speed: such a run is cut off.
bool CanCollapse(const RandomScenario& scenario)
{
    return scenario.config.mode == EngineMode::STANDARD &&
           (!scenario.config.pfc || (scenario.config.loadBalancing != LoadBalancingType::ECMP &&
                                     scenario.config.recovery == RecoveryType::GO_BACK_N));
}

PacketRunOptions OptionsOf(const RandomScenario& scenario)
{
    constexpr int64_t ENOUGH_NS = 30'000'000;
    PacketRunOptions options;
    options.linkChanges = scenario.changes;
    options.maxEvents = 100'000'000; // far beyond what any of these runs needs: what does not end, ends here
    if (CanCollapse(scenario))
    {
        options.stopNs = scenario.flows.back().startNs + ENOUGH_NS;
    }
    return options;
}

void ExpectEqual(const PacketResult& a, const PacketResult& b)
{
    ASSERT_EQ(a.flows.size(), b.flows.size());
    for (std::size_t i = 0; i < a.flows.size(); i++)
    {
        ASSERT_EQ(a.flows[i].receiverFctNs, b.flows[i].receiverFctNs) << "flow " << i;
        ASSERT_EQ(a.flows[i].senderFctNs, b.flows[i].senderFctNs) << "flow " << i;
        ASSERT_EQ(a.flows[i].unfinished, b.flows[i].unfinished) << "flow " << i;
    }
    EXPECT_EQ(a.completionOrder, b.completionOrder);
    EXPECT_EQ(a.dataHops, b.dataHops);
    EXPECT_EQ(a.ackHops, b.ackHops);
    EXPECT_EQ(a.switchDrops, b.switchDrops);
    EXPECT_EQ(a.ecnMarks, b.ecnMarks);
}

/// Whether packets of a flow may overtake each other.
bool Reorders(const RandomScenario& scenario)
{
    return scenario.config.loadBalancing != LoadBalancingType::ECMP;
}

bool CanLose(const RandomScenario& scenario)
{
    return scenario.lossy || !scenario.changes.empty() || !scenario.config.pfc || !scenario.defaultBuffers ||
           scenario.config.mode == EngineMode::HPCC;
}

/// A flow that has not ended says why, and the reason can be one here.
void ExpectReason(const RandomScenario& scenario, Unfinished reason, const PacketResult& result)
{
    switch (reason)
    {
    case Unfinished::STOP_TIME:
        EXPECT_TRUE(CanCollapse(scenario));
        break;
    case Unfinished::NO_PROGRESS:
        EXPECT_TRUE(CanLose(scenario));
        break;
    case Unfinished::UNREACHABLE:
        EXPECT_FALSE(scenario.changes.empty());
        break;
    case Unfinished::DEADLOCK:
        EXPECT_TRUE(scenario.config.pfc && (scenario.circles || !scenario.changes.empty()));
        EXPECT_GE(result.deadlock.size(), 2U);
        break;
    default:
        ADD_FAILURE() << UnfinishedName(reason);
    }
}

/// A flow that has ended took at least its ideal time, and its receiver was sent each of its packets, over each link.
void ExpectDelivered(const RandomScenario& scenario,
                     const FlowOutcome& outcome,
                     uint32_t id,
                     const Route& route,
                     const Ledger& ledger)
{
    const Flow& flow = scenario.flows[id];
    EXPECT_GE(outcome.senderFctNs, outcome.receiverFctNs);
    // `HPCC` mode truncates: a few bytes at 400 Gb/s without delay are there at once; no ideal is below 1 ns
    const int64_t shortestNs = scenario.config.mode == EngineMode::HPCC ? 0 : 1;
    EXPECT_GE(outcome.receiverFctNs, shortestNs);
    EXPECT_TRUE(ledger.AllArrived(id));
    if (!scenario.changes.empty())
    {
        return; // it may have gone another way
    }
    const RdmaConfig& config = scenario.config;
    const int64_t ideal = Reorders(scenario)
                              ? IdealFctOverPathsNs(scenario.fabric,
                                                    RouteTable(scenario.fabric, config.mode),
                                                    route,
                                                    flow.sizeBytes,
                                                    config.Format())
                              : IdealFctNs(scenario.fabric, route, flow.sizeBytes, config.Format(), config.mode);
    EXPECT_GT(ideal, 0);
    EXPECT_GE(std::max<int64_t>(1, outcome.receiverFctNs), ideal);
    if (Reorders(scenario))
    {
        return; // it takes other links, too
    }
    const uint64_t needed = (flow.sizeBytes + MTU - 1) / MTU;
    uint64_t came = UINT64_MAX;
    for (LinkId link : route)
    {
        const uint64_t sent = ledger.Sent(id, link);
        EXPECT_GE(sent, needed) << "link " << link;
        EXPECT_LE(sent, came) << "link " << link;
        came = sent - ledger.Dropped(id, link);
    }
    EXPECT_GE(came, needed);
}

void CheckPackets(const RandomScenario& scenario)
{
    Ledger ledger(scenario);
    PacketRunOptions options = OptionsOf(scenario);
    const PacketResult result = RunPacketSimulation(scenario.fabric, scenario.config, scenario.flows, options);
    ASSERT_FALSE(result.beyondLimits) << "the run does not end";
    options.observer = &ledger;
    ExpectEqual(RunPacketSimulation(scenario.fabric, scenario.config, scenario.flows, options), result);
    if (scenario.changes.empty() && !CanCollapse(scenario))
    {
        ExpectEqual(RunPacketSimulationStandalone(scenario.fabric, scenario.config, scenario.flows), result);
    }
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    RoutesOfFlows next(routes);
    Route route;
    uint64_t needed = 0; // packets over links, nothing sent again
    std::size_t finished = 0;
    for (uint32_t id = 0; id < scenario.flows.size(); id++)
    {
        SCOPED_TRACE("flow " + std::to_string(id));
        next.Next(scenario.flows[id].src, scenario.flows[id].dst, route);
        needed += route.size() * ((scenario.flows[id].sizeBytes + MTU - 1) / MTU);
        if (result.flows[id].unfinished == Unfinished::NO)
        {
            ExpectDelivered(scenario, result.flows[id], id, route, ledger);
            finished++;
        }
        else
        {
            ExpectReason(scenario, result.flows[id].unfinished, result);
        }
        if (::testing::Test::HasFailure())
        {
            return; // one flow says enough
        }
    }
    EXPECT_EQ(result.completionOrder.size(), finished);
    EXPECT_EQ(ledger.SentInAll(), result.dataHops);
    EXPECT_EQ(ledger.SentAgain(), result.retransmissions);
    EXPECT_EQ(ledger.DroppedInAll(), result.switchDrops + result.linkLosses);
    if (!CanLose(scenario))
    {
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_EQ(result.linkLosses, 0U);
        EXPECT_TRUE(result.retransmissions == 0 || Reorders(scenario));
    }
    if (!CanLose(scenario) && !Reorders(scenario) && result.deadlock.empty())
    {
        EXPECT_EQ(result.dataHops, needed);
        EXPECT_EQ(ledger.Queued(), 0U) << "bytes in switches at the end";
    }
}

/// The fluid gives no flow less than its time alone.
void CheckFluid(const RandomScenario& scenario)
{
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    const FabricFluid fluid = MakeFabricFluid(scenario.fabric, routes, scenario.flows, scenario.config.HeaderBytes());
    const std::vector<double> fcts = RunFlowSim(fluid.linkGbps, fluid.flows, FluidAllocation::MAX_MIN);
    const std::vector<double> slowdowns = FabricFlowSimSlowdowns(scenario.fabric, scenario.flows, fluid);
    ASSERT_EQ(fcts.size(), scenario.flows.size());
    ASSERT_EQ(slowdowns.size(), scenario.flows.size());
    for (std::size_t i = 0; i < fcts.size(); i++)
    {
        const UncongestedFct alone = UncongestedFctOf(scenario.fabric, scenario.flows, fluid, i);
        ASSERT_GT(alone.idealNs, 0) << "flow " << i;
        ASSERT_TRUE(std::isfinite(alone.idealNs)) << "flow " << i;
        ASSERT_GE(fcts[i], alone.unloadedNs * (1 - 1e-9)) << "flow " << i;
        ASSERT_GE(slowdowns[i], 1) << "flow " << i;
        ASSERT_TRUE(std::isfinite(slowdowns[i])) << "flow " << i;
    }
}

/// Quantiles of a report by an engine on some threads, or the one line by which it refuses.
std::vector<std::string> DigitsOf(const RandomScenario& scenario, const std::string& engine, uint32_t threads)
{
    M3Estimator estimator(scenario.fabric);
    estimator.config = scenario.config;
    estimator.Set("scope", "network");
    estimator.threads = threads;
    std::vector<std::string> digits;
    try
    {
        const SlowdownReport report = estimator.Run(engine, scenario.flows);
        for (double p : {0.0, 0.25, 0.5, 0.9, 0.99, 1.0})
        {
            const double slowdown = report.OverallQuantile(p);
            EXPECT_TRUE(std::isnan(slowdown) ? report.Unfinished() > 0 : slowdown >= 1 && std::isfinite(slowdown))
                << engine << " " << slowdown;
            digits.push_back(std::to_string(slowdown));
            for (std::size_t sizeClass = 0; sizeClass < report.Classes().Count(); sizeClass++)
            {
                digits.push_back(std::to_string(report.ClassQuantile(sizeClass, p)));
            }
        }
        digits.push_back(std::to_string(report.Unfinished()));
    }
    catch (const InputError& error)
    {
        digits.emplace_back(error.what());
    }
    return digits;
}

} // namespace

TEST(RandomScenarios, PacketsKeepTheirPromises)
{
    ForEachSeed(500, [](uint64_t, const RandomScenario& scenario) { CheckPackets(scenario); });
}

TEST(RandomScenarios, EnginesGiveTheSameOnOneThreadAndOnTwo)
{
    ForEachSeed(60,
                [](uint64_t seed, const RandomScenario& scenario)
                {
                    CheckFluid(scenario);
                    std::vector<std::string> engines{"flowsim"};
                    if (!CanCollapse(scenario)) // Parsimon's runs have no stop time
                    {
                        engines.push_back("parsimon");
                    }
                    if (seed % 3 == 0)
                    {
                        engines.push_back("m3");
                    }
                    for (const std::string& engine : engines)
                    {
                        EXPECT_EQ(DigitsOf(scenario, engine, 1), DigitsOf(scenario, engine, 2)) << engine;
                    }
                });
}

TEST(RandomScenarios, EveryCombinationOfControlBalancingAndRecoveryEnds)
{
    const char* first = std::getenv("M3_RANDOM_SEED");
    uint64_t seed = first ? ParseUnsigned("M3_RANDOM_SEED", first) : 1000;
    for (const ControlDescription& control : CongestionControls())
    {
        for (const LoadBalancingDescription& balancing : LoadBalancings())
        {
            for (const RecoveryDescription& recovery : Recoveries())
            {
                if (control.type >= CongestionControlType::REGISTERED ||
                    balancing.type >= LoadBalancingType::REGISTERED || recovery.type >= RecoveryType::REGISTERED)
                {
                    continue; // of other tests
                }
                RandomScenario scenario = MakeRandomScenario(seed++);
                while (scenario.config.mode != EngineMode::STANDARD)
                {
                    scenario = MakeRandomScenario(seed++);
                }
                scenario.config.congestionControl = control.type;
                scenario.config.loadBalancing = balancing.type;
                scenario.config.recovery = recovery.type;
                scenario.config.perPairWindow =
                    scenario.config.perPairWindow && control.type != CongestionControlType::HPCC_PINT;
                scenario.config.bufferBytes.reset(); // it was drawn for other headers
                scenario.defaultBuffers = true;
                SCOPED_TRACE("seed " + std::to_string(seed - 1) + ": " + scenario.description + "; " + control.name +
                             ", " + balancing.name + ", " + recovery.name);
                CheckPackets(scenario);
                if (HasFailure())
                {
                    return;
                }
            }
        }
    }
}
