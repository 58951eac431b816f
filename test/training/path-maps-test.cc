// SPDX-License-Identifier: GPL-2.0-only
// What the published model is told of a path, beside its maps, and its sample files.
#include "training/path-map-file.h"

#include "m3-demo.h"
#include "reference-data.h"
#include "temporary-folder.h"

#include "core/random-stream.h"
#include "fabric/topology-file.h"
#include "features/path-features.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace ns3::m3;

namespace
{

RdmaConfig Resolved(const FabricGraph& fabric, CongestionControlType control)
{
    RdmaConfig config;
    config.congestionControl = control;
    return config.Resolve(fabric, RouteTable(fabric, config.mode));
}

Route FirstRoute(const RouteTable& routes, NodeId src, NodeId dst)
{
    Route route;
    routes.FirstRoute(src, dst, route);
    return route;
}

} // namespace

TEST(PathMaps, ParametersEqualThePublishedOnes)
{
    for (const auto& shard : ReferenceEntries("m3-demo"))
    {
        const HpccRun run = DemoRun(shard);
        RdmaConfig config = run.config;
        config.mode = EngineMode::HPCC;
        const FabricGraph fabric = ReadTopologyFile(run.topologyFile);
        const RouteTable routes(fabric, config.mode);
        const auto parameters = PathParameters(fabric, FirstRoute(routes, 0, 2), config.Resolve(fabric, routes));
        std::ifstream expectedFile(shard / "features.txt");
        NumbersOfLine(expectedFile); // the heading
        NumbersOfLine(expectedFile); // rows and columns
        const auto row = NumbersOfLine(expectedFile);
        ASSERT_EQ(row.size(), MAP_ROW_INPUTS + PATH_PARAMETERS);
        for (uint32_t i = 0; i < PATH_PARAMETERS; i++)
        {
            const double expected = row[MAP_ROW_INPUTS + i];
            // the config holds the thresholds of DCQCN in whole KB at 10 Gb/s, 0.4 of the parameter
            const double tolerance = i == 13 || i == 14 ? 2.5 : 1e-4 * expected;
            EXPECT_NEAR(parameters[i], expected, tolerance) << shard << ", parameter " << i;
        }
    }
}

TEST(PathMaps, ParametersDoNotDependOnTheRate)
{
    for (CongestionControlType control : {CongestionControlType::DCTCP,
                                          CongestionControlType::DCQCN,
                                          CongestionControlType::HPCC,
                                          CongestionControlType::TIMELY})
    {
        ThreeTierShape shape;
        const FabricGraph slow = MakeThreeTier(shape);
        shape.hostBps *= 10;
        shape.fabricBps *= 10;
        const FabricGraph fast = MakeThreeTier(shape);
        const NodeId far = slow.Hosts().back();
        const auto of = [&](const FabricGraph& fabric)
        {
            return PathParameters(fabric,
                                  FirstRoute(RouteTable(fabric, EngineMode::STANDARD), 0, far),
                                  Resolved(fabric, control));
        };
        const auto a = of(slow);
        const auto b = of(fast);
        EXPECT_EQ(a[2], 1) << "six links";
        EXPECT_FLOAT_EQ(a[3], 15);
        for (uint32_t i = 0; i < PATH_PARAMETERS; i++)
        {
            // transmission is a part of the base RTT, and the reserve a part of the buffer, that do not grow alike
            EXPECT_NEAR(b[i], a[i], i == 4 || i == 5 ? 0.5 * a[i] : 1e-4 * a[i]) << "parameter " << i;
        }
    }
}

TEST(PathMaps, RefuseWhatThePublishedModelDoesNotKnow)
{
    const FabricGraph fabric = MakeThreeTier(ThreeTierShape());
    const RouteTable routes(fabric, EngineMode::STANDARD);
    Route route = FirstRoute(routes, 0, fabric.Hosts().back());
    EXPECT_THROW(PathParameters(fabric, route, Resolved(fabric, CongestionControlType::NONE)), InputError);
    route.pop_back();
    EXPECT_THROW(PathParameters(fabric, route, Resolved(fabric, CongestionControlType::DCTCP)), InputError);
}

TEST(PathMaps, AViewHasAllFlowsOfThePath)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 1});
    WorkloadHelper workload;
    workload.flows = 3000;
    const FlowList flows = workload.Generate(fabric);
    const RdmaConfig config = Resolved(fabric, CongestionControlType::DCTCP);
    const RouteTable routes(fabric, config.mode);
    const PathViewer viewer(fabric, routes, config, flows, {20});
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const PathMaps map = viewer.Map(path);
        ASSERT_EQ(map.Count(), 1U);
        ASSERT_EQ(map.Rows(0), viewer.Index().PathRoute(path).size() + 1);
        uint32_t foreground = 0;
        for (uint32_t count : map.flows)
        {
            foreground += count;
        }
        EXPECT_EQ(foreground, viewer.Index().ForegroundFlows(path).size());
        const PathScenario scenario = viewer.Index().Scenario(path);
        for (std::size_t i = 0; i < scenario.flows.size(); i++)
        {
            ASSERT_LT(scenario.enters[i], scenario.leaves[i]);
            ASSERT_LE(scenario.leaves[i], scenario.path.size());
            ASSERT_EQ(scenario.foreground[i], scenario.enters[i] == 0 && scenario.leaves[i] == scenario.path.size());
        }
    }
}

TEST(PathMaps, FilesGiveBackWhatWasWritten)
{
    const std::string file = (TemporaryFolder() / "maps.m3p").string();
    RandomStream random(3);
    PathMapSamples samples;
    samples.origin.scenario = "two paths";
    samples.maps.rowBegin = {0, 3, 8};
    const auto fill = [&](std::vector<float>& values, std::size_t count)
    {
        for (std::size_t i = 0; i < count; i++)
        {
            values.push_back(static_cast<float>(random.Uniform(1, 9)));
        }
    };
    fill(samples.maps.slowdown, std::size_t{8} * MAP_ROW_INPUTS);
    fill(samples.maps.parameters, std::size_t{2} * PATH_PARAMETERS);
    fill(samples.labels, std::size_t{2} * PATH_LABELS);
    samples.maps.flows.assign(2 * LABEL_BUCKETS, 7);
    WritePathMaps(samples, file);
    const PathMapSamples back = ReadPathMaps(file);
    EXPECT_EQ(back.origin.scenario, samples.origin.scenario);
    EXPECT_EQ(back.maps.rowBegin, samples.maps.rowBegin);
    EXPECT_EQ(back.maps.slowdown, samples.maps.slowdown);
    EXPECT_EQ(back.maps.parameters, samples.maps.parameters);
    EXPECT_EQ(back.maps.flows, samples.maps.flows);
    EXPECT_EQ(back.labels, samples.labels);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
    EXPECT_THROW(ReadPathMaps(file), InputError);
    std::filesystem::remove(file);
    EXPECT_THROW(ReadPathMaps(file), InputError);
}
