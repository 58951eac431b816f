// SPDX-License-Identifier: GPL-2.0-only
// m3-datagen --published, as a user starts it: the data of the published method.
#include "tools/programs.h"

#include "features/path-features.h"
#include "ns3/m3-routes.h"
#include "training/path-map-file.h"
#include "training/published-paths.h"

#include <algorithm>
#include <map>

using namespace ns3::m3;

namespace
{

/// Bytes of the files of a folder, by name.
std::map<std::string, std::string> BytesByName(const std::string& folder)
{
    std::map<std::string, std::string> bytes;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
    {
        bytes[entry.path().filename().string()] = Content(entry.path());
    }
    return bytes;
}

class PublishedData : public Programs
{
};

} // namespace

TEST_F(PublishedData, PathsAreTheSameOnAnyNumberOfProcesses)
{
    const std::string options = "--published --scenarios=6 --packet-hops=60000 --thinned=2 --seed=3 --out=";
    ASSERT_EQ(Start("m3-datagen", options + File("one") + " --processes=1").code, 0);
    ASSERT_EQ(Start("m3-datagen", options + File("same") + " --processes=3 --scenarios=4").code, 0);
    std::filesystem::remove(File("same/00000001.m3p"));
    ASSERT_EQ(Start("m3-datagen", options + File("same") + " --processes=3").code, 0); // goes on
    EXPECT_EQ(BytesByName(File("one")).size(), 6U);
    EXPECT_TRUE(BytesByName(File("one")) == BytesByName(File("same")));
    for (const std::string other : {"--seed=4", "--packet-hops=50000", "--thinned=1", "--max-foreground=7000"})
    {
        ExpectRefused("m3-datagen", options + File("one") + " " + other, "give another --out");
    }
    const Outcome inspected = Start("m3-datagen", "inspect " + File("one"));
    EXPECT_NE(inspected.output.find("paths of parking lot of "), std::string::npos) << inspected.output;
    EXPECT_NE(inspected.output.find(" foreground flows"), std::string::npos) << inspected.output;
    // networks of one control keep their numbers and bytes
    ASSERT_EQ(Start("m3-datagen", options + File("dctcp") + " --cc=dctcp").code, 0);
    for (const auto& [name, bytes] : BytesByName(File("dctcp")))
    {
        EXPECT_EQ(bytes, BytesByName(File("one")).at(name));
        EXPECT_NE(ReadPathMaps(File("dctcp/" + name)).origin.scenario.find("dctcp"), std::string::npos);
    }
    const std::string x = " --out=" + File("x");
    for (const std::string other : {"--kinds=incast", "--schedules", "--variants=2", "--max-hosts=64"})
    {
        ExpectRefused("m3-datagen", "--published " + other + x, "--published draws paths of its own");
    }
    ExpectRefused("m3-datagen", "--published --load-balancing=spray" + x, "has neither --load-balancing");
    ExpectRefused("m3-datagen", "--published --min-foreground=9 --max-foreground=8" + x, "foreground flows");
    ExpectRefused("m3-datagen", "--published --max-mean=2MB" + x, "maximum mean size");
    ExpectRefused("m3-datagen", "--thinned=3" + x, "are for --published");
    EXPECT_EQ(Start("m3-train",
                    "--model=published --data=" + File("one") + " --checkpoint=" + File("p.pt") +
                        " --epochs=1 --width=8 --hidden=8 --layers=1")
                  .code,
              0);
}

TEST_F(PublishedData, PathsOfNetworksHaveThinnedSamplesToo)
{
    const std::string options = "--published --paths=6 --scenarios=4 --packet-hops=60000 --seed=3 --out=";
    ASSERT_EQ(Start("m3-datagen", options + File("whole")).code, 0);
    ASSERT_EQ(Start("m3-datagen", options + File("thinned") + " --thinned=2").code, 0);
    ExpectRefused("m3-datagen", options + File("whole") + " --thinned=2", "give another --out");
    ExpectRefused("m3-datagen", options + File("whole") + " --paths=7", "give another --out");
    ExpectRefused("m3-datagen", options + File("x") + " --max-foreground=9000", "not sampled from networks");
    uint32_t fewer = 0;
    uint32_t paths = 0;
    for (const auto& [name, bytes] : BytesByName(File("whole")))
    {
        const PathMapSamples whole = ReadPathMaps(File("whole/" + name));
        const PathMapSamples thinned = ReadPathMaps(File("thinned/" + name));
        EXPECT_NE(whole.origin.scenario.find("three-tier 2x"), std::string::npos) << whole.origin.scenario;
        ASSERT_EQ(thinned.maps.Count(), 3 * whole.maps.Count());
        paths += whole.maps.Count();
        for (std::size_t i = 0; i < thinned.maps.Count(); i++)
        {
            const std::size_t of = i / 3;
            const std::size_t values = std::size_t{MAP_ROW_INPUTS} * whole.maps.Rows(of);
            ASSERT_EQ(thinned.maps.Rows(i), whole.maps.Rows(of));
            const auto* all = &whole.maps.slowdown[std::size_t{MAP_ROW_INPUTS} * whole.maps.rowBegin[of]];
            const auto* some = &thinned.maps.slowdown[std::size_t{MAP_ROW_INPUTS} * thinned.maps.rowBegin[i]];
            EXPECT_TRUE(std::equal(all + MAP_ROW_INPUTS, all + values, some + MAP_ROW_INPUTS)); // links
            const bool isSame = std::equal(all, all + MAP_ROW_INPUTS, some);
            EXPECT_TRUE(isSame || i % 3 != 0);
            fewer += !isSame;
            EXPECT_TRUE(std::equal(&whole.labels[PATH_LABELS * of],
                                   &whole.labels[PATH_LABELS * of] + PATH_LABELS,
                                   &thinned.labels[PATH_LABELS * i]));
            EXPECT_TRUE(std::equal(&whole.maps.flows[LABEL_BUCKETS * of],
                                   &whole.maps.flows[LABEL_BUCKETS * of] + LABEL_BUCKETS,
                                   &thinned.maps.flows[LABEL_BUCKETS * i]));
        }
    }
    EXPECT_GE(paths, 10U);
    EXPECT_GE(fewer, 5U);
}

TEST_F(PublishedData, PathsAreSeenAsSampledPathsAre)
{
    constexpr double HOPS = 60'000;
    ASSERT_EQ(
        Start("m3-datagen", "--published --scenarios=8 --packet-hops=60000 --thinned=2 --seed=3 --out=" + File("d"))
            .code,
        0);
    uint32_t paths = 0;
    for (uint64_t index = 0; index < 8; index++)
    {
        const PathMapSamples samples = ReadPathMaps(File("d/0000000" + std::to_string(index) + ".m3p"));
        if (samples.maps.Count() == 0 || samples.origin.scenario.find("the first") != std::string::npos)
        {
            continue; // a foreground flow is unfinished, or not all flows have run
        }
        SCOPED_TRACE(samples.origin.scenario);
        ASSERT_EQ(samples.maps.Count(), 3U);
        const PublishedPath drawn = DrawPublishedPath(3, index, HOPS);
        const RouteTable routes(drawn.scenario.fabric, drawn.scenario.config.mode);
        RdmaConfig config = drawn.scenario.config.Resolve(drawn.scenario.fabric, routes);
        config.nodeSharedPoolBytes.clear();
        const PathViewer viewer(drawn.scenario.fabric, routes, config, drawn.scenario.flows, {2000, 1});
        for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
        {
            if (viewer.Index().PathRoute(path) != drawn.path)
            {
                continue;
            }
            paths++;
            const PathMaps expected = viewer.Map(path);
            EXPECT_TRUE(
                std::equal(expected.parameters.begin(), expected.parameters.end(), samples.maps.parameters.begin()));
            ASSERT_EQ(expected.Rows(0), drawn.path.size() + 1);
            for (std::size_t i = 0; i < expected.slowdown.size(); i++)
            {
                ASSERT_NEAR(samples.maps.slowdown[i] / std::max(1.0F, expected.slowdown[i]),
                            std::min(1.0F, expected.slowdown[i]),
                            1e-5)
                    << i;
            }
            EXPECT_TRUE(std::equal(expected.flows.begin(), expected.flows.end(), samples.maps.flows.begin()));
        }
        // thinned samples differ in the foreground row alone
        const std::size_t rows = drawn.path.size() + 1;
        for (std::size_t sample = 1; sample < 3; sample++)
        {
            const float* whole = samples.maps.slowdown.data();
            const float* thinned = whole + sample * rows * MAP_ROW_INPUTS;
            EXPECT_FALSE(std::equal(whole, whole + MAP_ROW_INPUTS, thinned));
            EXPECT_TRUE(std::equal(whole + MAP_ROW_INPUTS, whole + rows * MAP_ROW_INPUTS, thinned + MAP_ROW_INPUTS));
            const float* labels = samples.labels.data();
            EXPECT_TRUE(std::equal(labels, labels + PATH_LABELS, labels + sample * PATH_LABELS));
        }
    }
    EXPECT_GE(paths, 5U);
}
