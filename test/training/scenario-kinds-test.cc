// SPDX-License-Identifier: GPL-2.0-only
// Scenarios for training beyond the usual ones: each kind is what its name says.
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-scenario-space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t SEED = 12;
constexpr double HOPS = 2e5;

TrainingScenario DrawOf(const std::string& kind, uint64_t index)
{
    return DrawScenarioOfKinds(SEED, index, HOPS, {kind});
}

/// Checks some scenarios of a kind.
template <typename Check>
void CheckEach(const std::string& kind, const Check& check)
{
    for (uint64_t index = 0; index < 20; index++)
    {
        const TrainingScenario scenario = DrawOf(kind, index);
        SCOPED_TRACE(scenario.description);
        EXPECT_EQ(scenario.kind, kind);
        check(scenario);
    }
}

/// Flows by their start.
std::map<int64_t, std::vector<Flow>> Rounds(const FlowList& flows)
{
    std::map<int64_t, std::vector<Flow>> rounds;
    for (const Flow& flow : flows)
    {
        rounds[flow.startNs].push_back(flow);
    }
    return rounds;
}

uint64_t LinksOf(const FabricGraph& fabric, NodeId node)
{
    return fabric.EgressLinks(node).size();
}

} // namespace

TEST(ScenarioKinds, EveryScenarioHasFlowsThatEnginesTake)
{
    std::set<std::string> drawn;
    for (uint64_t index = 0; index < 300; index++)
    {
        const TrainingScenario scenario = DrawScenarioOfKinds(SEED, index, HOPS, ScenarioKindNames());
        SCOPED_TRACE(scenario.description);
        drawn.insert(scenario.kind);
        const RouteTable routes(scenario.fabric, scenario.config.mode);
        ASSERT_FALSE(scenario.flows.empty());
        ASSERT_NO_THROW(CheckFlows(scenario.fabric, routes, scenario.flows));
        ASSERT_NO_THROW(scenario.config.Resolve(scenario.fabric, routes));
    }
    EXPECT_EQ(drawn.size(), ScenarioKindNames().size()) << "each is drawn";
    EXPECT_THROW(DrawScenarioOfKinds(SEED, 0, HOPS, {"incast", "outcast"}), InputError);
}

TEST(ScenarioKinds, TheSameNumbersGiveTheSameScenario)
{
    for (const std::string& kind : ScenarioKindNames())
    {
        const TrainingScenario one = DrawOf(kind, 5);
        const TrainingScenario same = DrawOf(kind, 5);
        const TrainingScenario other = DrawOf(kind, 6);
        EXPECT_EQ(one.description, same.description);
        EXPECT_EQ(one.flows.size(), same.flows.size());
        EXPECT_EQ(one.flows.back().startNs, same.flows.back().startNs);
        EXPECT_NE(one.description, other.description);
    }
}

TEST(ScenarioKinds, SynchronisedFlowsStartTogether)
{
    CheckEach("permutations",
              [](const TrainingScenario& scenario)
              {
                  const std::size_t hosts = scenario.fabric.Hosts().size();
                  for (const auto& [start, round] : Rounds(scenario.flows))
                  {
                      std::set<NodeId> from;
                      std::set<NodeId> to;
                      for (const Flow& flow : round)
                      {
                          EXPECT_NE(flow.src, flow.dst);
                          EXPECT_EQ(flow.sizeBytes, round.front().sizeBytes);
                          from.insert(flow.src);
                          to.insert(flow.dst);
                      }
                      EXPECT_EQ(round.size(), hosts) << "every host sends";
                      EXPECT_EQ(from.size(), hosts) << "once";
                      EXPECT_EQ(to.size(), hosts) << "to another one";
                  }
              });
    CheckEach("all-to-all",
              [](const TrainingScenario& scenario)
              {
                  for (const auto& [start, round] : Rounds(scenario.flows))
                  {
                      std::set<std::pair<NodeId, NodeId>> pairs;
                      std::set<NodeId> hosts;
                      for (const Flow& flow : round)
                      {
                          pairs.insert({flow.src, flow.dst});
                          hosts.insert(flow.src);
                      }
                      EXPECT_EQ(pairs.size(), hosts.size() * (hosts.size() - 1));
                  }
              });
    bool many = false;
    CheckEach("incast-alone",
              [&many](const TrainingScenario& scenario)
              {
                  std::map<NodeId, std::size_t> to;
                  for (const Flow& flow : scenario.flows)
                  {
                      to[flow.dst]++;
                      EXPECT_EQ(flow.sizeBytes, scenario.flows.front().sizeBytes);
                  }
                  const std::size_t first = to.begin()->second;
                  EXPECT_GE(first, 2U);
                  many |= first > 10;
              });
    EXPECT_TRUE(many);
}

TEST(ScenarioKinds, NetworksAreWhatTheirNamesSay)
{
    CheckEach("two-homed",
              [](const TrainingScenario& scenario)
              {
                  for (const NodeId host : scenario.fabric.Hosts())
                  {
                      EXPECT_EQ(LinksOf(scenario.fabric, host), 2U);
                  }
              });
    CheckEach("fat-tree",
              [](const TrainingScenario& scenario)
              {
                  // k^3 / 4 hosts and 5 k^2 / 4 switches of k ports
                  const std::size_t hosts = scenario.fabric.Hosts().size();
                  const NodeId tor = scenario.fabric.TopOfRack(scenario.fabric.Hosts().front());
                  const uint64_t k = LinksOf(scenario.fabric, tor);
                  EXPECT_EQ(hosts, k * k * k / 4);
                  EXPECT_EQ(scenario.fabric.NodeCount() - hosts, 5 * k * k / 4);
              });
    std::set<uint64_t> ratesOfHosts;
    CheckEach("mixed-rates",
              [&ratesOfHosts](const TrainingScenario& scenario)
              {
                  std::set<uint64_t> rates;
                  for (const NodeId host : scenario.fabric.Hosts())
                  {
                      rates.insert(scenario.fabric.PortCapacity(host));
                  }
                  EXPECT_LE(*rates.rbegin(), 10 * *rates.begin());
                  ratesOfHosts.insert(rates.size());
              });
    EXPECT_GT(*ratesOfHosts.rbegin(), 1U);
    CheckEach("lossy-links",
              [](const TrainingScenario& scenario)
              {
                  double most = 0;
                  for (LinkId link = 0; link < scenario.fabric.LinkCount(); link++)
                  {
                      most = std::max(most, scenario.fabric.Link(link).errorRate);
                  }
                  EXPECT_GE(most, 1e-6);
                  EXPECT_LE(most, 1e-2);
              });
}

TEST(ScenarioKinds, TrafficIsWhatItsNameSays)
{
    CheckEach("lossy", [](const TrainingScenario& scenario) { EXPECT_FALSE(scenario.config.pfc); });
    CheckEach("payload",
              [](const TrainingScenario& scenario) { EXPECT_NE(scenario.config.payloadBytes, MTU_PAYLOAD_BYTES); });
    CheckEach("few-flows", [](const TrainingScenario& scenario) { EXPECT_LE(scenario.flows.size(), 100U); });
    CheckEach("mice", [](const TrainingScenario& scenario) { EXPECT_LE(scenario.meanSize, 1000); });
    CheckEach("elephants-and-mice",
              [](const TrainingScenario& scenario)
              {
                  double elephants = 0;
                  double all = 0;
                  uint64_t count = 0;
                  for (const Flow& flow : scenario.flows)
                  {
                      const auto bytes = static_cast<double>(flow.sizeBytes);
                      elephants += flow.sizeBytes > 3000 ? bytes : 0;
                      all += bytes;
                      count += flow.sizeBytes > 3000;
                  }
                  EXPECT_LT(static_cast<double>(count), 0.06 * static_cast<double>(scenario.flows.size()));
                  EXPECT_TRUE(count == 0 || elephants > 0.1 * all);
              });
}
