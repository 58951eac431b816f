// SPDX-License-Identifier: GPL-2.0-only
// Engines beside load balancings and recoveries other than ECMP and go-back-N: what has them follows packets, what does
// not says so.
#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery-description.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-selective-repeat.h"
#include "packet/engine/star.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace ns3::m3;

namespace
{

bool SaysItLeavesOut(const SlowdownReport& report, const std::string& what)
{
    return std::any_of(report.Notes().begin(),
                       report.Notes().end(),
                       [&](const std::string& note)
                       { return note.find("not taken into account: " + what) != std::string::npos; });
}

/// Two racks with a spine per host, and hosts that send to a partner in the other rack, half of the time: nothing but
/// spines is shared.
class Transports : public testing::Test
{
  protected:
    explicit Transports(uint32_t rounds = 1000)
        : fabric(MakeLeafSpine({2, 8, 8, 10 * GBIT, 10 * GBIT, 1000}))
    {
        constexpr int64_t ROUND_NS = 170'000; // 100 KB take 84 us of a link
        for (uint32_t round = 0; round < rounds; round++)
        {
            for (NodeId host = 0; host < 16; host++)
            {
                flows.push_back({host, (host + 8) % 16, 100'000, round * ROUND_NS + 10'000 * host});
            }
        }
    }

    SlowdownReport Run(const std::string& name, const EngineOptions& options = {}) const
    {
        const Scenario scenario(fabric, config, flows);
        const std::unique_ptr<Engine> engine = MakeEngine(name);
        for (const auto& [option, value] : options)
        {
            engine->Set(option, value);
        }
        return engine->Run(scenario, {});
    }

    FabricGraph fabric;
    RdmaConfig config;
    FlowList flows;
};

class FewFlowsOfTransports : public Transports
{
  protected:
    FewFlowsOfTransports()
        : Transports(60)
    {
    }
};

} // namespace

TEST_F(Transports, SampledPacketsAreSprayed)
{
    const double ecmp = Run("packet").OverallQuantile(0.9);
    const double fluid = Run("flowsim").OverallQuantile(0.9);
    config.loadBalancing = LoadBalancingType::SPRAY;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    const SlowdownReport truth = Run("packet");
    const SlowdownReport report = Run("sampled", {{"budget", "20%"}});
    EXPECT_LT(truth.OverallQuantile(0.9), 0.7 * ecmp) << "else the next lines would not tell them apart";
    EXPECT_NEAR(report.OverallQuantile(0.5) / truth.OverallQuantile(0.5), 1, 0.03);
    EXPECT_NEAR(report.OverallQuantile(0.9) / truth.OverallQuantile(0.9), 1, 0.03);
    // flowSim divides a flow over the spines: none is beyond its capacity, and each flow has its NIC's rate
    EXPECT_GT(fluid, 1.4);
    EXPECT_NEAR(Run("flowsim").OverallQuantile(0.9), 1, 0.01);
}

TEST_F(FewFlowsOfTransports, EnginesSayWhatTheyLeaveOut)
{
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    config.pfc = false; // else nothing is lost, and recoveries are alike
    for (const LoadBalancingDescription& balancing : LoadBalancings())
    {
        if (balancing.type >= LoadBalancingType::REGISTERED)
        {
            continue; // of other tests
        }
        config.loadBalancing = balancing.type;
        const bool isOwn = balancing.type != LoadBalancingType::ECMP;
        const std::string text = "load balancing by " + balancing.name;
        for (const std::string engine : {"packet", "sampled", "flowsim", "parsimon", "m3-network", "m3-paths"})
        {
            SCOPED_TRACE(engine + " beside " + balancing.name);
            const SlowdownReport report = Run(engine);
            const bool simulates = engine == "packet" || engine == "sampled";
            const bool splits = engine == "flowsim" && balancing.type != LoadBalancingType::FLOWLET;
            EXPECT_EQ(SaysItLeavesOut(report, text), isOwn && !simulates && !splits);
            const bool isModel = engine.rfind("m3", 0) == 0;
            EXPECT_EQ(SaysItLeavesOut(report, "recovery by selective-repeat"), isModel);
            EXPECT_EQ(report.AreIntervalsWithheld(), isModel || (engine == "parsimon" && isOwn));
        }
    }
}

TEST_F(FewFlowsOfTransports, TheTimeoutsOfARecoveryReachEveryPacketEngine)
{
    // links that lose packets: what is lost last in a flow is sent again after 1 ms, or after RTO_low
    fabric = Star(16, 10 * GBIT, 1000, 0.002);
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    const double late = Run("packet").OverallQuantile(0.999);
    config.Of<SelectiveRepeatConfig>().rtoLowNs = 100'000;
    config.Of<SelectiveRepeatConfig>().rtoHighNs = 320'000;
    const double packets = Run("packet").OverallQuantile(0.999);
    EXPECT_LT(packets, 0.5 * late);
    EXPECT_EQ(Run("sampled").OverallQuantile(0.999), packets) << "of so short a trace it simulates all";
}
