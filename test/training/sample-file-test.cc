// SPDX-License-Identifier: GPL-2.0-only
// Sample files and path maps are untrusted: whatever a file holds, it is read as it was written or refused in one line.
#include "core/crafted-parts.h"
#include "temporary-folder.h"

#include "fabric/ideal-fct.h"
#include "features/feature-schema.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-sample-writer.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <filesystem>
#include <fstream>
#include <limits>

using namespace ns3::m3;

namespace
{

constexpr float NOT_A_VALUE = std::numeric_limits<float>::quiet_NaN();
constexpr float INFINITE = std::numeric_limits<float>::infinity();

TrainingSamples TwoFlows()
{
    TrainingSamples samples;
    samples.features.hopBegin = {0, 2, 5};
    samples.features.flow.assign(2 * FLOW_INPUTS, 0.5F);
    samples.features.hop.assign(5 * HOP_INPUTS, 0.25F);
    samples.slowdown = {1, 2.5F};
    samples.sizeBytes = {1000, 1};
    samples.classFlows = {4, 1, 0, 0};
    samples.origin = {"two flows", 1, "0", "seed 1, network 0"};
    samples.scope = Scope::PATHS;
    return samples;
}

PathMapSamples TwoPaths()
{
    PathMapSamples samples;
    samples.maps.rowBegin = {0, 2, 5};
    samples.maps.slowdown.assign(5 * MAP_ROW_INPUTS, 1.5F);
    std::fill_n(samples.maps.slowdown.begin(), MAP_PERCENTILES, 0.0F); // an empty bucket
    samples.maps.parameters.assign(2 * PATH_PARAMETERS, 0.5F);
    samples.maps.flows = {20, 0, 1, 30, 1, 2, 3, 4};
    samples.labels.assign(2 * PATH_LABELS, 1);
    samples.origin = {"two paths", {}, "", "seed 2"};
    return samples;
}

std::string SampleBytes(const TrainingSamples& samples)
{
    const std::string file = (TemporaryFolder() / "a.m3s").string();
    WriteSamples(samples, file);
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string SampleBytes(const PathMapSamples& samples)
{
    const std::string file = (TemporaryFolder() / "a.m3p").string();
    WritePathMaps(samples, file);
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TrainingSamples ReadSampleStream(std::istream& in, const std::string& name)
{
    return ReadSamples(in, name);
}

PathMapSamples ReadMapStream(std::istream& in, const std::string& name)
{
    return ReadPathMaps(in, name);
}

} // namespace

TEST(SampleFiles, AreReadAsTheyWereWritten)
{
    std::istringstream in(SampleBytes(TwoFlows()));
    const TrainingSamples flows = ReadSamples(in, "file");
    EXPECT_EQ(flows.features.hopBegin, TwoFlows().features.hopBegin);
    EXPECT_EQ(flows.slowdown, TwoFlows().slowdown);
    EXPECT_EQ(flows.classFlows, TwoFlows().classFlows);
    EXPECT_EQ(flows.origin.settings, "seed 1, network 0");
    EXPECT_EQ(flows.origin.scenario, "two flows");
    EXPECT_EQ(flows.origin.seed, 1U);
    EXPECT_EQ(flows.origin.commit, "0");
    EXPECT_EQ(flows.scope, Scope::PATHS);
    EXPECT_NE(flows.checksum, 0U);
    EXPECT_EQ(SampleBytes(flows), SampleBytes(TwoFlows()));
    std::istringstream ofMaps(SampleBytes(TwoPaths()));
    EXPECT_EQ(SampleBytes(ReadPathMaps(ofMaps, "file")), SampleBytes(TwoPaths()));
    TrainingSamples all = TwoFlows(); // as m3 wrote them before networks had more flows than were kept
    all.classFlows.clear();
    std::istringstream ofAll(SampleBytes(all));
    EXPECT_EQ(SampleBytes(ReadSamples(ofAll, "file")), SampleBytes(all));
    // a network none of whose flows was kept
    std::istringstream none(SampleBytes(TrainingSamples()));
    EXPECT_EQ(ReadSamples(none, "file").features.Count(), 0U);
}

TEST(SampleFiles, AnyDamageIsRefused)
{
    ExpectAnyDamageIsRefused(SampleBytes(TwoFlows()), ReadSampleStream);
    PathMapSamples one = TwoPaths();
    one.maps.rowBegin = {0, 2};
    one.maps.slowdown.resize(2 * MAP_ROW_INPUTS);
    one.maps.parameters.resize(PATH_PARAMETERS);
    one.maps.flows.resize(LABEL_BUCKETS);
    one.labels.resize(PATH_LABELS);
    ExpectAnyDamageIsRefused(SampleBytes(one), ReadMapStream);
}

TEST(SampleFiles, CraftedSizesAreRefused)
{
    ExpectCraftedSizesAreRefused(SampleBytes(TwoFlows()), "slowdown", ReadSampleStream);
    ExpectCraftedSizesAreRefused(SampleBytes(TwoPaths()), "labels", ReadMapStream);
}

// A slowdown below 1 in one of many files once made every weight of a training NaN.
TEST(SampleFiles, ValuesOutOfTheirRangesAreRefused)
{
    const std::string flows = SampleBytes(TwoFlows());
    const auto expect = [](const std::string& bytes, const auto& read, const std::string& message)
    {
        const std::string error = ErrorOf(bytes, read);
        EXPECT_EQ(error.rfind("file: is damaged", 0), 0U) << error;
        EXPECT_NE(error.find(message), std::string::npos) << error;
    };
    EXPECT_EQ(ErrorOf(WithValue(flows, "slowdown", 1, 7.0F), ReadSampleStream), "")
        << "this is how the others are made";
    for (const float value : {0.0F, 0.999F, -3.0F, NOT_A_VALUE, INFINITE})
    {
        expect(WithValue(flows, "slowdown", 1, value), ReadSampleStream, "a slowdown is not finite or below 1");
    }
    for (const float value : {NOT_A_VALUE, INFINITE})
    {
        expect(WithValue(flows, "flow", 40, value), ReadSampleStream, "an input is not finite");
        expect(WithValue(flows, "hop", 200, value), ReadSampleStream, "an input is not finite");
    }
    expect(WithValue(flows, "size", 1, uint64_t{0}), ReadSampleStream, "a flow has no bytes");
    expect(WithValue(flows, "first_hop", 1, 0U), ReadSampleStream, "a flow has no links");
    expect(WithValue(flows, "first_hop", 1, 5U), ReadSampleStream, "a flow has no links");
    expect(WithValue(flows, "first_hop", 1, 6U), ReadSampleStream, "a flow has no links");
    expect(WithValue(flows, "first_hop", 0, 1U), ReadSampleStream, "a flow has no links");
    expect(WithValue(flows, "first_hop", 2, UINT32_MAX),
           ReadSampleStream,
           "its part hop is 5 x " + std::to_string(HOP_INPUTS) + " instead of 4294967295");

    const std::string maps = SampleBytes(TwoPaths());
    expect(WithValue(maps, "first_row", 1, 0U), ReadMapStream, "a path has fewer than 2 rows");
    expect(WithValue(maps, "first_row", 1, 1U), ReadMapStream, "a path has fewer than 2 rows");
    expect(WithValue(maps, "first_row", 1, 4U), ReadMapStream, "a path has fewer than 2 rows");
    expect(WithValue(maps, "first_row", 1, 9U), ReadMapStream, "a path has fewer than 2 rows");
    expect(WithValue(maps, "first_row", 0, 1U), ReadMapStream, "does not begin at its first row");
    expect(WithValue(maps, "first_row", 2, 6U), ReadMapStream, "its part slowdown is 5 x");
    for (const float value : {0.5F, -1.0F, NOT_A_VALUE, INFINITE})
    {
        expect(WithValue(maps, "slowdown", 0, value), ReadMapStream, "a fluid slowdown is not finite or below 1");
        expect(WithValue(maps, "labels", 7, value), ReadMapStream, "a slowdown is not finite or below 1");
    }
    expect(WithValue(maps, "labels", 7, 0.0F), ReadMapStream, "a slowdown is not finite or below 1");
    for (const float value : {-1.0F, NOT_A_VALUE, INFINITE})
    {
        expect(WithValue(maps, "parameters", 20, value), ReadMapStream, "a parameter is not finite or below 0");
    }
}

TEST(SampleFiles, ValuesOutOfTheirRangesAreNotWritten)
{
    const std::string file = (TemporaryFolder() / "refused").string();
    TrainingSamples flows = TwoFlows();
    flows.slowdown[0] = 0.5;
    EXPECT_THROW(WriteSamples(flows, file), InputError);
    flows = TwoFlows();
    flows.features.hop.pop_back();
    EXPECT_THROW(WriteSamples(flows, file), InputError);
    flows = TwoFlows();
    for (const std::vector<uint64_t>& classFlows : {std::vector<uint64_t>{4, 0, 0, 0}, {4, 1, 1, 0}})
    {
        flows.classFlows = classFlows; // fewer than were kept, and some of a class of which none was
        EXPECT_THROW(WriteSamples(flows, file), InputError);
    }
    PathMapSamples maps = TwoPaths();
    maps.labels[0] = NOT_A_VALUE;
    EXPECT_THROW(WritePathMaps(maps, file), InputError);
    maps = TwoPaths();
    maps.maps.rowBegin.clear();
    EXPECT_THROW(WritePathMaps(maps, file), InputError);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(SampleFiles, SayWhatElseAFileIs)
{
    const auto expect = [](const std::string& bytes, const std::string& message)
    {
        const std::string error = ErrorOf(bytes, ReadSampleStream);
        EXPECT_NE(error.find(message), std::string::npos) << error;
    };
    expect(SampleBytes(TwoPaths()), "is a file of another kind");
    expect("m3sample\5\1", "is a sample file of an older version of m3; make it again with m3-datagen");
    expect("", "is damaged, or no sample file of m3");
    EXPECT_NE(ErrorOf("m3pathm1", ReadMapStream).find("of an older version of m3"), std::string::npos);
    std::string later = WithValue(SampleBytes(TwoFlows()), "features", 0, FEATURE_VERSION + 1);
    expect(later,
           "holds features of version " + std::to_string(FEATURE_VERSION + 1) + ", this program has version " +
               std::to_string(FEATURE_VERSION));
    later = SampleBytes(TwoFlows());
    SetNumber(later, 48, 2U); // version of the parts
    MendChecksum(later);
    expect(later, "was made for another version of m3");
    // only damage means that what a file held is lost, and can be made again in its place
    std::istringstream damaged("m3parts\n");
    EXPECT_THROW(ReadSamples(damaged, "file"), DamagedFileError);
    std::istringstream older("m3sample");
    try
    {
        ReadSamples(older, "file");
        ADD_FAILURE() << "it was taken";
    }
    catch (const DamagedFileError&)
    {
        ADD_FAILURE() << "it is older, not damaged";
    }
    catch (const InputError&)
    {
    }
}

TEST(SampleFile, SlowdownsOfSprayedFlowsAreOverTheIdealOfAllPaths)
{
    // flows alone whose last packet has 58 B: where it takes another path it overtakes the one before, and the flow is
    // faster than any path alone allows
    constexpr uint64_t RATE = 10'000'000'000;
    const FabricGraph fabric = MakeLeafSpine({2, 2, 2, RATE, RATE, 1000});
    FlowList flows;
    for (int i = 0; i < 50; i++)
    {
        flows.push_back({0, 2, 2058, i * 100'000});
    }
    RdmaConfig given;
    given.congestionControl = CongestionControlType::NONE;
    given.loadBalancing = LoadBalancingType::SPRAY;
    given.recovery = RecoveryType::SELECTIVE_REPEAT;
    const RouteTable routes(fabric, given.mode);
    const RdmaConfig config = given.Resolve(fabric, routes);
    const PacketResult result = RunPacketSimulation(fabric, given, flows);
    std::vector<MeasuredFlow> measured;
    IdealFctsOfFlows ofPath(fabric, routes, config.Format());
    int faster = 0;
    for (uint32_t i = 0; i < flows.size(); i++)
    {
        measured.push_back({i, static_cast<double>(result.flows[i].receiverFctNs)});
        faster += result.flows[i].receiverFctNs < ofPath.NextNs(0, 2, flows[i].sizeBytes, flows[i].dstPort);
    }
    EXPECT_GT(faster, 5) << "else the test could not fail";
    const std::string file = (TemporaryFolder() / "sprayed.m3s").string();
    WriteFlowSamples(fabric, routes, config, flows, measured, "sprayed", file);
    for (const float slowdown : ReadSamples(file).slowdown)
    {
        EXPECT_GE(slowdown, 1);
        EXPECT_LT(slowdown, 1.2);
    }
}
