// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"

#include "ns3/m3-fabric-shapes.h"
#include "workload/traffic-matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <sys/resource.h>
#include <tuple>
#include <vector>

using namespace ns3::m3;

namespace
{

std::string WeightsError(const std::string& json)
{
    return InputErrorOf([&] { ReadRackWeights(WriteInput("matrix.json", json)); });
}

/// Racks of 3, 1, 2, 3, 1, 2, ... hosts below one switch.
FabricGraph UnequalRacks(uint32_t racks)
{
    FabricGraph fabric;
    const NodeId core = fabric.AddNode(NodeKind::SWITCH);
    for (uint32_t rack = 0; rack < racks; rack++)
    {
        const NodeId tor = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(tor, core, 40'000'000'000, 1000);
        for (uint32_t host = 0; host <= (rack + 2) % 3; host++)
        {
            fabric.AddLink(fabric.AddNode(NodeKind::HOST), tor, 10'000'000'000, 1000);
        }
    }
    return fabric;
}

std::vector<std::vector<double>> SomeWeights(std::size_t rows)
{
    RandomStream random(5);
    std::vector<std::vector<double>> weights(rows, std::vector<double>(rows));
    for (std::vector<double>& row : weights)
    {
        for (double& weight : row)
        {
            weight = random.Uniform() < 0.4 ? 0 : random.LogUniform(0.01, 10);
        }
    }
    return weights;
}

/// The matrix with an entry for every pair of racks that blocks stand for.
std::vector<std::vector<double>>
Dense(const std::vector<std::vector<double>>& weights, const RackBlocks& blocks, std::size_t racks)
{
    std::vector<std::vector<double>> dense(racks, std::vector<double>(racks));
    for (std::size_t src = 0; src < racks; src++)
    {
        for (std::size_t dst = 0; dst < racks; dst++)
        {
            const auto rowOf = [&](std::size_t rack) { return rack / blocks.racksPerRow % weights.size(); };
            dense[src][dst] = src == dst && blocks.sameRack ? *blocks.sameRack : weights[rowOf(src)][rowOf(dst)];
        }
    }
    return dense;
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

TEST(TrafficMatrix, BlocksDrawAsTheDenseMatrixDoes)
{
    // blocks that fill the racks, that are used in turn, and that end within a round and within a block
    for (const auto& [racks, rows, perRow] :
         {std::tuple(12U, 12U, 1U), {12U, 4U, 3U}, {13U, 3U, 1U}, {23U, 3U, 4U}, {7U, 1U, 7U}, {11U, 2U, 5U}})
    {
        for (const std::optional<double> sameRack : {std::optional<double>(), {0}, {25}})
        {
            const FabricGraph fabric = UnequalRacks(racks);
            const RackBlocks blocks{perRow, sameRack};
            const std::vector<std::vector<double>> weights = SomeWeights(rows);
            const TrafficMatrix matrix(fabric, weights, blocks);
            const TrafficMatrix dense(fabric, Dense(weights, blocks, racks));
            double total = 0;
            for (std::size_t pair = 0; pair < racks * racks; pair++)
            {
                const std::size_t src = pair / racks;
                const std::size_t dst = pair % racks;
                const std::size_t hosts = matrix.Racks()[src].size() * (matrix.Racks()[dst].size() - (src == dst));
                if (hosts > 0)
                {
                    ASSERT_DOUBLE_EQ(matrix.ShareOfHosts(src, dst), dense.ShareOfHosts(src, dst));
                    total += matrix.ShareOfHosts(src, dst) * static_cast<double>(hosts);
                }
            }
            EXPECT_NEAR(total, 1, 1e-12) << racks << ' ' << rows;
            RandomStream ofBlocks(7);
            RandomStream ofDense(7);
            for (int i = 0; i < 3000; i++)
            {
                ASSERT_EQ(matrix.Sample(ofBlocks), dense.Sample(ofDense)) << racks << ' ' << rows << ' ' << i;
            }
        }
    }
}

TEST(TrafficMatrix, UniformDrawsEveryPairOfHostsAlike)
{
    // 9 racks of 3, 1, 2, ... hosts: 18 hosts, 306 pairs, 305 degrees of freedom
    const FabricGraph fabric = UnequalRacks(9);
    const TrafficMatrix matrix = TrafficMatrix::Uniform(fabric);
    RandomStream random(11);
    std::map<std::pair<NodeId, NodeId>, int> seen;
    constexpr int EACH = 300; // draws per pair
    for (int i = 0; i < 306 * EACH; i++)
    {
        seen[matrix.Sample(random)]++;
    }
    EXPECT_EQ(seen.size(), 306U);
    double chiSquare = 0;
    for (const auto& [pair, count] : seen)
    {
        EXPECT_NE(pair.first, pair.second);
        chiSquare += (count - EACH) * static_cast<double>(count - EACH) / EACH;
    }
    // mean 305, standard deviation sqrt(610) = 24.7: five of them to either side
    EXPECT_NEAR(chiSquare, 305, 124);
}

TEST(TrafficMatrix, PairsWithoutWeightAreNeverDrawn)
{
    const FabricGraph fabric = UnequalRacks(12);
    for (const RackBlocks& blocks : {RackBlocks{1, {}}, RackBlocks{2, 0.0}, RackBlocks{3, {}}})
    {
        const std::vector<std::vector<double>> weights = SomeWeights(12 / blocks.racksPerRow);
        const TrafficMatrix matrix(fabric, weights, blocks);
        const std::vector<std::vector<double>> dense = Dense(weights, blocks, 12);
        std::map<NodeId, std::size_t> rackOf;
        for (std::size_t rack = 0; rack < 12; rack++)
        {
            for (const NodeId host : matrix.Racks()[rack])
            {
                rackOf[host] = rack;
            }
        }
        RandomStream random(2);
        for (int i = 0; i < 20'000; i++)
        {
            const auto [src, dst] = matrix.Sample(random);
            ASSERT_GT(dense[rackOf[src]][rackOf[dst]], 0) << src << ' ' << dst;
            ASSERT_NE(src, dst);
        }
    }
}

TEST(TrafficMatrix, BlocksThatDoNotFitAreRefused)
{
    const FabricGraph fabric = UnequalRacks(6);
    const auto errorOf = [&](const RackBlocks& blocks) {
        return InputErrorOf([&] { TrafficMatrix(fabric, {{1, 2}, {3, 4}}, blocks); });
    };
    EXPECT_EQ(errorOf({3, {}}), "");
    EXPECT_EQ(errorOf({4, {}}), "traffic matrix: has 2 rows of 4 racks each for 6 racks");
    EXPECT_EQ(errorOf({0, {}}), "traffic matrix: racks per row must be at least 1");
    EXPECT_EQ(errorOf({1, -1.0}),
              "traffic matrix: the weight of a rack with itself is -1, not a finite number of 0 or more");
    EXPECT_EQ(errorOf({1, std::numeric_limits<double>::infinity()}),
              "traffic matrix: the weight of a rack with itself is inf, not a finite number of 0 or more");
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      TrafficMatrix(UnequalRacks(3), {{0}}, {3, {}});
                  }),
              "traffic matrix: no pair of hosts can send");
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
    EXPECT_EQ(matrix.ShareOfHosts(0, RACKS - 1), 1.0 / (RACKS * (RACKS - 1)));
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

TEST(TrafficMatrix, FilesSayWhichRacksShareARow)
{
    const auto read = [](const std::string& more)
    { return ReadRackWeights(WriteInput("matrix.json", R"({"matrix": {"inner": [[0, 1], [1, 0]])" + more + "}}")); };
    EXPECT_EQ(read("").blocks.racksPerRow, 1U);
    EXPECT_FALSE(read("").blocks.sameRack);
    const RackWeights weights = read(R"(, "racks_per_row": 48, "same_rack": 2.5)");
    EXPECT_EQ(weights.rows, (std::vector<std::vector<double>>{{0, 1}, {1, 0}}));
    EXPECT_EQ(weights.blocks.racksPerRow, 48U);
    EXPECT_EQ(weights.blocks.sameRack, 2.5);
    for (const char* wrong : {"0", "-1", "1.5", "\"2\"", "5000000000", "[1]"})
    {
        EXPECT_EQ(WeightsError(R"({"matrix": {"inner": [[1]], "racks_per_row": )" + std::string(wrong) + "}}"),
                  "matrix.json: matrix.racks_per_row: is not a whole number from 1 to 4294967295")
            << wrong;
    }
    EXPECT_EQ(WeightsError(R"({"matrix": {"inner": [[1]], "same_rack": "1"}})"),
              "matrix.json: matrix.same_rack: is not a number");
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
