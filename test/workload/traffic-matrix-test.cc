// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"

#include "ns3/m3-fabric-shapes.h"
#include "workload/traffic-matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sys/resource.h>
#include <vector>

using namespace ns3::m3;

namespace
{

std::string WeightsError(const std::string& json)
{
    return InputErrorOf([&] { ReadRackWeights(WriteInput("matrix.json", json)); });
}

} // namespace

TEST(TrafficMatrix, DrawsPairsOfRacksByTheirShare)
{
    // 7 racks of 2 hosts and a matrix of 3: the pair of racks is the first whose cumulative share, rows first, is above
    // the number drawn; then follow the draws of the two hosts
    LeafSpineShape shape;
    shape.racks = 7;
    shape.hostsPerRack = 2;
    const FabricGraph fabric = MakeLeafSpine(shape);
    const std::vector<std::vector<double>> weights{{0, 3, 0.5}, {1, 0, 2}, {0.25, 0, 4}};
    const TrafficMatrix matrix(fabric, weights);
    std::vector<double> upTo;
    double total = 0;
    for (std::size_t pair = 0; pair < 49; pair++)
    {
        total += weights[pair / 7 % 3][pair % 7 % 3];
        upTo.push_back(total);
    }
    RandomStream random(7);
    RandomStream same(7);
    for (int i = 0; i < 5000; i++)
    {
        const auto [src, dst] = matrix.Sample(random);
        const double drawn = same.Uniform();
        const auto pair = static_cast<std::size_t>(
            std::find_if(upTo.begin(), upTo.end(), [&](double sum) { return drawn < sum / total; }) - upTo.begin());
        const auto rackOf = [&](NodeId host)
        {
            const auto& hosts = fabric.Hosts();
            return static_cast<std::size_t>(std::find(hosts.begin(), hosts.end(), host) - hosts.begin()) / 2;
        };
        ASSERT_EQ(rackOf(src), pair / 7) << i;
        ASSERT_EQ(rackOf(dst), pair % 7) << i;
        same.Integer(0, 1);
        same.Integer(0, pair / 7 == pair % 7 ? 0 : 1);
    }
}

TEST(TrafficMatrix, ThousandsOfRacksTakeLittleMemory)
{
    // a share for each of 25 million pairs of racks, and its sum, would be 400 MB
    FabricGraph fabric;
    constexpr NodeId RACKS = 5000;
    for (NodeId node = 0; node < 2 * RACKS; node++)
    {
        fabric.AddNode(node < RACKS ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < RACKS; host++)
    {
        fabric.AddLink(host, RACKS + host, 10'000'000'000, 1000);
    }
    const auto peakKilobytes = []
    {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    };
    const auto before = peakKilobytes();
    const TrafficMatrix matrix = TrafficMatrix::Uniform(fabric);
    EXPECT_EQ(matrix.SharesTo(0).size(), RACKS - 1);
    EXPECT_LT(peakKilobytes() - before, 100'000);
}

TEST(TrafficMatrix, WeightsWhoseSumOverflowsAreRefused)
{
    const FabricGraph fabric = MakeLeafSpine({});
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      TrafficMatrix(fabric, {{1e308, 1e308}, {1e308, 1e308}});
                  }),
              "traffic matrix: the sum of its weights is no finite number; scale them down");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      TrafficMatrix(fabric, {{0, 1}, {nan, 0}});
                  }),
              "traffic matrix: row 1: entry 0 is nan, not a finite number of 0 or more");
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      TrafficMatrix(fabric, {{0, -1}, {1, 0}});
                  }),
              "traffic matrix: row 0: entry 1 is -1, not a finite number of 0 or more");
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      TrafficMatrix(fabric, {{0, 1}, {1}});
                  }),
              "traffic matrix: row 1 has 1 entries instead of 2");
    const TrafficMatrix tiny(fabric, {{1e-310, 1e-320}, {0, 0}});
    RandomStream random(1);
    for (int i = 0; i < 100; i++)
    {
        tiny.Sample(random);
    }
}

TEST(TrafficMatrix, FilesWithOtherThanNumbersAreRefused)
{
    EXPECT_EQ(WeightsError(R"({"matrix": {"inner": [[0, 1], [1, 0]]}})"), "");
    EXPECT_EQ(WeightsError("\xEF\xBB\xBF"
                           R"({"matrix": {"inner": [[0, 1], [1, 0]]}})"),
              "")
        << "a byte order mark";
    EXPECT_EQ(WeightsError(R"({"matrix": {"inner": [[0, true], [1, 0]]}})"),
              "matrix.json: matrix.inner: has entries that are no numbers");
    for (const char* wrong : {"",
                              "{",
                              R"({"matrix": [[0, 1], [1, 0]]})",
                              R"({"matrix": {"inner": 3}})",
                              R"({"matrix": {"inner": [[0, 1e999], [1, 0]]}})",
                              R"({"matrix": {"inner": [[0, nan]]}})",
                              R"({"matrix": {"inner": [[0, "1"], [1, 0]]}})",
                              R"({"matrix": {"inner": [0, 1]}})"})
    {
        EXPECT_NE(WeightsError(wrong).find("matrix.json: matrix.inner: "), std::string::npos) << wrong;
    }
}
