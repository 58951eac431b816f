// SPDX-License-Identifier: GPL-2.0-only
#include "m3-demo.h"
#include "reference-data.h"

#include "core/random-stream.h"
#include "flowsim/flow-sim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <thread>

using namespace ns3::m3;

namespace
{

constexpr double NO_LIMIT = std::numeric_limits<double>::infinity();

double WireBits(uint64_t bytes)
{
    return 8.0 * static_cast<double>(bytes + (bytes + 999) / 1000 * 48);
}

/// Flow of the published path input: hosts 0..H-1 in a row, links src..dst-1, capped at the base rate of 10 Gb/s.
FluidFlow ParkingLotFlow(uint32_t src, uint32_t dst, uint64_t bytes, double startNs)
{
    Route links(dst - src);
    std::iota(links.begin(), links.end(), src);
    return {links, WireBits(bytes), startNs, 10};
}

std::vector<double> ParkingLotLinks(uint32_t hosts)
{
    std::vector<double> links(hosts - 1, 40);
    links.front() = links.back() = 10;
    return links;
}

} // namespace

TEST(FlowSim, PublishedAllocationEqualsPublishedCompletionTimes)
{
    for (const auto& shard : ReferenceEntries("m3-demo"))
    {
        std::ifstream expectedFile(shard / "expected.txt");
        const auto flows = DemoFlows(shard).fluid;
        const auto fct = RunFlowSim(ParkingLotLinks(3), flows, FluidAllocation::PUBLISHED);
        std::string line;
        std::getline(expectedFile, line);
        std::size_t rows = 0;
        std::size_t id;
        double receiver;
        double ideal;
        double fluid;
        for (; expectedFile >> id >> receiver >> ideal >> fluid; rows++)
        {
            ASSERT_EQ(fct[id], fluid) << shard << " flow " << id;
        }
        ASSERT_EQ(rows, flows.size());
    }
}

TEST(FlowSim, ParkingLotsEqualPublishedCompletionTimes)
{
    for (const auto& file : ReferenceEntries("flowsim"))
    {
        const std::string name = file.filename();
        if (name.find(".in.txt") == std::string::npos)
        {
            continue;
        }
        const uint32_t hosts = name[1] - '0';
        std::ifstream input(file);
        std::vector<FluidFlow> flows;
        uint64_t id;
        uint32_t src;
        uint32_t dst;
        uint64_t bytes;
        double start;
        while (input >> id >> src >> dst >> bytes >> start)
        {
            flows.push_back(ParkingLotFlow(src, dst, bytes, start));
        }
        ASSERT_FALSE(flows.empty()) << file;
        const auto published = RunFlowSim(ParkingLotLinks(hosts), flows, FluidAllocation::PUBLISHED);
        const auto exact = RunFlowSim(ParkingLotLinks(hosts), flows, FluidAllocation::MAX_MIN);
        // the published tolerance is not max-min where hundreds of flows share a link: see flow-sim.h
        const bool many = name.find("batch") != std::string::npos || name.find("allatonce") != std::string::npos;
        std::ifstream expectedFile(file.parent_path() / (name.substr(0, name.find(".in.txt")) + ".fct.txt"));
        std::vector<double> expected;
        for (double fct; expectedFile >> id >> fct;)
        {
            ASSERT_EQ(id, expected.size());
            expected.push_back(fct);
        }
        if (expected.size() != flows.size())
        {
            std::cout << name << " has " << flows.size() << " flows, its output " << expected.size()
                      << ": the output belongs to another input\n";
            continue;
        }
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            ASSERT_NEAR(published[i], expected[i], 1e-9 * expected[i]) << name << " flow " << i;
            ASSERT_NEAR(exact[i], expected[i], (many ? 0.03 : 1e-9) * expected[i]) << name << " flow " << i;
        }
    }
}

TEST(FlowSim, RepairedRatesGiveTheSameTimesAsFullRecomputation)
{
    // links of equal rank and few flows: the published allocation is exact max-min, and recomputes everything;
    // with 36 flow classes all are solved at once, with 400 by repair
    for (uint32_t side : {6, 20})
    {
        RandomStream random(7);
        const std::vector<double> capacity(2 * side, 10);
        std::vector<FluidFlow> flows;
        double start = 0;
        for (int i = 0; i < 2000; i++)
        {
            start += 5400.0 / side * random.Exponential();
            const auto a = static_cast<uint32_t>(random.Integer(0, side - 1));
            const auto b = static_cast<uint32_t>(random.Integer(side, 2 * side - 1));
            flows.push_back({{a, b}, WireBits(1 + random.Integer(0, 3000)), start, 10});
        }
        FluidStatistics ofExact;
        FluidStatistics ofFull;
        const auto exact = RunFlowSim(capacity, flows, FluidAllocation::MAX_MIN, &ofExact);
        const auto full = RunFlowSim(capacity, flows, FluidAllocation::PUBLISHED, &ofFull);
        EXPECT_EQ(ofExact.events, 2 * flows.size());
        EXPECT_EQ(ofFull.events, 2 * flows.size());
        EXPECT_EQ(ofFull.largestActive, ofExact.largestActive);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            ASSERT_NEAR(exact[i], full[i], 1e-7 * full[i]) << i;
        }
    }
}

TEST(FlowSim, PublishedSharesThatHardlyDifferFreezeTogether)
{
    // two links with a flow each: below 1e-4 Gb/s apart both get the smaller share, above each its own
    const std::vector<FluidFlow> flows = {{{0}, 10'000, 0, NO_LIMIT}, {{1}, 10'000, 0, NO_LIMIT}};
    for (const auto& [apart, together] : {std::pair{0.9e-4, true}, {1.1e-4, false}})
    {
        for (const bool first : {false, true})
        {
            const double larger = 10 + apart;
            const auto fct = RunFlowSim({first ? larger : 10, first ? 10 : larger}, flows, FluidAllocation::PUBLISHED);
            EXPECT_NEAR(fct[first ? 0 : 1], 10'000 / (together ? 10 : larger), 1e-9);
            EXPECT_NEAR(fct[first ? 1 : 0], 1000, 1e-9);
        }
    }
}

TEST(FlowSim, PublishedAllocationByHand)
{
    // A {0, 1}, B {0}, C {1}, D {1} limited to 2; capacities 8 and 24: A and B have 4 each of link 0. Then
    // link 1 has 24 - 4 for C and D, 10 each; D takes 2, and the published flowSim gives the rest to nobody
    const std::vector<FluidFlow> flows = {{{0, 1}, 4000, 0, NO_LIMIT},
                                          {{0}, 4000, 0, NO_LIMIT},
                                          {{1}, 10'000, 0, NO_LIMIT},
                                          {{1}, 2000, 0, 2},
                                          {{1, 0}, 8000, 5000, NO_LIMIT}};
    FluidStatistics statistics;
    const auto fct = RunFlowSim({8, 24}, flows, FluidAllocation::PUBLISHED, &statistics);
    for (std::size_t i = 0; i < 5; i++)
    {
        EXPECT_NEAR(fct[i], 1000, 1e-9) << i; // the last is alone, in the other order of links
    }
    EXPECT_EQ(statistics.largestActive, 4U);
    EXPECT_EQ(statistics.events, 10U);
}

TEST(FlowSim, WithoutFlowsNothingHappens)
{
    for (const FluidAllocation allocation : {FluidAllocation::MAX_MIN, FluidAllocation::PUBLISHED})
    {
        FluidStatistics statistics;
        EXPECT_TRUE(RunFlowSim({8, 24}, {}, allocation, &statistics).empty());
        EXPECT_EQ(statistics.largestActive, 0U);
        EXPECT_EQ(statistics.events, 0U);
    }
}

namespace
{

/// Keeps what held each flow down.
class LimitKeeper : public FluidObserver
{
  public:
    std::map<uint32_t, std::vector<Limited>> limited;

    void OnArrival(uint32_t, double) override
    {
    }

    void OnEnd(uint32_t flow, double) override
    {
        EXPECT_TRUE(limited.count(flow));
    }

    bool WantsLimits() const override
    {
        return true;
    }

    void OnLimited(uint32_t flow, const std::vector<Limited>& what) override
    {
        limited[flow] = what;
    }
};

} // namespace

TEST(FlowSim, TellsWhatHeldAFlowDown)
{
    // A on links 0 (10) and 1 (40), limit 8: alone for 1000 ns at its limit; then B shares link 0, at 5 each
    LimitKeeper keeper;
    const std::vector<FluidFlow> flows = {{{0, 1}, 8000 + 5000, 0, 8}, {{0}, 20'000, 1000, NO_LIMIT}};
    const auto fct = RunFlowSim({10, 40}, flows, FluidAllocation::MAX_MIN, nullptr, {}, &keeper);
    EXPECT_DOUBLE_EQ(fct[0], 2000);
    const auto& a = keeper.limited.at(0);
    ASSERT_EQ(a.size(), 3U);
    EXPECT_DOUBLE_EQ(a[0].timeNs, 1000);
    EXPECT_DOUBLE_EQ(a[0].bits, 5000);
    EXPECT_DOUBLE_EQ(a[1].timeNs, 0);
    EXPECT_DOUBLE_EQ(a[2].timeNs, 1000);
    EXPECT_DOUBLE_EQ(a[2].bits, 8000);
    EXPECT_DOUBLE_EQ(keeper.limited.at(1)[0].timeNs, 2500);
    EXPECT_DOUBLE_EQ(keeper.limited.at(1)[1].timeNs, 0);
}

TEST(FlowSim, OfEquallyTightLinksTheLastHoldsAFlow)
{
    // C and A share link 3, A and B share link 0, all at 5: two senders meet at a host, one of which sends elsewhere,
    // too. With few links all rates are solved at once, with many they are repaired
    for (const uint32_t links : {4, 100})
    {
        const std::vector<double> capacity(links, 10);
        std::vector<FluidFlow> flows = {{{2, 3}, 50'000, 0, NO_LIMIT},
                                        {{0, 1}, 50'000, 0, NO_LIMIT},
                                        {{0, 3}, 50'000, 0, NO_LIMIT}}; // C, B and A, which comes last
        LimitKeeper keeper;
        const auto fct = RunFlowSim(capacity, flows, FluidAllocation::MAX_MIN, nullptr, {}, &keeper);
        EXPECT_NEAR(fct[2], 10'000, 1e-6);
        EXPECT_NEAR(keeper.limited.at(2)[0].bits, 0, 1e-6) << links << " links";
        EXPECT_NEAR(keeper.limited.at(2)[1].bits, 50'000, 1e-6) << links << " links";
        EXPECT_NEAR(keeper.limited.at(0)[1].bits, 50'000, 1e-6) << "C has but link 3 that is tight";
        // the other way round
        std::swap(flows[2].links[0], flows[2].links[1]);
        LimitKeeper reversed;
        RunFlowSim(capacity, flows, FluidAllocation::MAX_MIN, nullptr, {}, &reversed);
        EXPECT_NEAR(reversed.limited.at(2)[1].bits, 50'000, 1e-6) << links << " links";
    }
}

TEST(FlowSim, ALimitThatIsAsTightAsALinkHoldsAFlow)
{
    for (const uint32_t links : {4, 100}) // solved at once, and by repair
    {
        const std::vector<FluidFlow> flows = {{{0, 1}, 50'000, 0, 5}, {{0}, 50'000, 0, NO_LIMIT}};
        LimitKeeper keeper;
        RunFlowSim(std::vector<double>(links, 10), flows, FluidAllocation::MAX_MIN, nullptr, {}, &keeper);
        EXPECT_NEAR(keeper.limited.at(0)[2].bits, 50'000, 1e-6) << links << " links";
        EXPECT_NEAR(keeper.limited.at(1)[0].bits, 50'000, 1e-6) << links << " links";
    }
}

TEST(FlowSim, LimitsSumToTimeAndSize)
{
    for (uint32_t side : {6, 20}) // solved at once, and by repair
    {
        RandomStream random(11);
        std::vector<double> capacity(2 * side);
        for (double& c : capacity)
        {
            c = random.LogUniform(5, 50);
        }
        std::vector<FluidFlow> flows;
        double start = 0;
        for (int i = 0; i < 1000; i++)
        {
            start += 3000.0 / side * random.Exponential();
            const auto a = static_cast<uint32_t>(random.Integer(0, side - 1));
            const auto b = static_cast<uint32_t>(random.Integer(side, 2 * side - 1));
            flows.push_back(
                {{a, b}, WireBits(1 + random.Integer(0, 5000)), start, random.Uniform() < 0.5 ? 10.0 : 20.0});
        }
        LimitKeeper keeper;
        const auto fct = RunFlowSim(capacity, flows, FluidAllocation::MAX_MIN, nullptr, {}, &keeper);
        const auto unwatched = RunFlowSim(capacity, flows);
        ASSERT_EQ(keeper.limited.size(), flows.size());
        double byLimit = 0;
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            Limited sum;
            for (const Limited& part : keeper.limited.at(id))
            {
                EXPECT_GE(part.timeNs, -1e-6);
                sum.timeNs += part.timeNs;
                sum.bits += part.bits;
            }
            ASSERT_NEAR(fct[id], unwatched[id], 1e-9 * fct[id]) << "listening changes nothing";
            ASSERT_NEAR(sum.timeNs, fct[id], 1e-6 * fct[id]) << id;
            ASSERT_NEAR(sum.bits, flows[id].bits, 1e-6 * flows[id].bits) << id;
            byLimit += keeper.limited.at(id).back().timeNs / fct[id];
        }
        EXPECT_GT(byLimit, 10);
        EXPECT_LT(byLimit, 900);
    }
}

TEST(FlowSim, OrderOfLinksAndUnitsDoNotMatter)
{
    RandomStream random(13);
    for (uint32_t side : {6, 20})
    {
        std::vector<double> capacity(2 * side);
        for (double& c : capacity)
        {
            c = random.LogUniform(5, 50);
        }
        std::vector<FluidFlow> flows;
        std::vector<FluidFlow> turned; // links in the other order, numbered from the end
        std::vector<FluidFlow> scaled; // rates and sizes three times as large
        double start = 0;
        for (int i = 0; i < 500; i++)
        {
            start += 3000.0 / side * random.Exponential();
            const auto a = static_cast<uint32_t>(random.Integer(0, side - 1));
            const auto b = static_cast<uint32_t>(random.Integer(side, 2 * side - 1));
            const double bits = WireBits(1 + random.Integer(0, 5000));
            flows.push_back({{a, b}, bits, start, 20});
            turned.push_back({{2 * side - 1 - b, 2 * side - 1 - a}, bits, start, 20});
            scaled.push_back({{a, b}, 3 * bits, start, 60});
        }
        const auto fct = RunFlowSim(capacity, flows);
        const auto ofTurned = RunFlowSim({capacity.rbegin(), capacity.rend()}, turned);
        std::vector<double> tripled = capacity;
        for (double& c : tripled)
        {
            c *= 3;
        }
        const auto ofScaled = RunFlowSim(tripled, scaled);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            ASSERT_NEAR(ofTurned[i], fct[i], 1e-7 * fct[i]);
            ASSERT_NEAR(ofScaled[i], fct[i], 1e-7 * fct[i]);
        }
    }
}

namespace
{

/// Hands out the flows of a list, each in the same place, and knows how many were taken.
class OneByOne : public FluidSource
{
  public:
    explicit OneByOne(const std::vector<FluidFlow>& flows)
        : m_flows(flows)
    {
    }

    const FluidFlow* Next() override
    {
        if (taken == m_flows.size())
        {
            return nullptr;
        }
        m_flow = m_flows[taken++];
        return &m_flow;
    }

    std::size_t taken = 0;

  private:
    const std::vector<FluidFlow>& m_flows;
    FluidFlow m_flow;
};

} // namespace

TEST(FlowSim, StreamedFlowsEndAsThoseOfAList)
{
    for (uint32_t side : {3, 6, 40})
    {
        RandomStream random(17);
        std::vector<double> capacity(2 * side);
        for (double& c : capacity)
        {
            c = random.LogUniform(5, 50);
        }
        std::vector<FluidFlow> flows;
        double start = 0;
        for (int i = 0; i < 2000; i++)
        {
            start += random.Uniform() < 0.3 ? 0 : 3000.0 / side * random.Exponential();
            const auto a = static_cast<uint32_t>(random.Integer(0, side - 1));
            const auto b = static_cast<uint32_t>(random.Integer(side, 2 * side - 1));
            flows.push_back({{a, b}, WireBits(1 + random.Integer(0, 5000)), start, i % 3 ? NO_LIMIT : 7.0});
        }
        FluidStatistics ofList;
        const auto fct = RunFlowSim(capacity, flows, FluidAllocation::MAX_MIN, &ofList);
        OneByOne source(flows);
        std::vector<uint32_t> ends(flows.size());
        std::size_t ended = 0;
        std::size_t held = 0;
        double now = 0;
        const FluidStatistics statistics = StreamFlowSim(capacity,
                                                         source,
                                                         [&](uint32_t flow, double fctNs)
                                                         {
                                                             held = std::max(held, source.taken - ended);
                                                             ends[flow]++;
                                                             ended++;
                                                             ASSERT_NEAR(fctNs, fct[flow], 1e-7 * fct[flow]) << flow;
                                                             ASSERT_GE(flows[flow].startNs + fctNs, now * (1 - 1e-12));
                                                             now = flows[flow].startNs + fctNs;
                                                         });
        EXPECT_EQ(ends, std::vector<uint32_t>(flows.size(), 1));
        EXPECT_EQ(statistics.events, ofList.events);
        EXPECT_EQ(statistics.largestActive, ofList.largestActive);
        EXPECT_LE(held, statistics.largestActive + 1) << "one flow beyond those in transfer";
    }
}

TEST(FlowSim, ProgressCountsTheFlowsThatEnded)
{
    // one flow lasts; 699 others come and go one by one. Progress is reported every 1024 events if 0.1 s have passed:
    // the source waits that long once. Event 2 k is the arrival of flow k, the next its end
    class WaitingSource : public FluidSource
    {
      public:
        const FluidFlow* Next() override
        {
            if (m_next == 700)
            {
                return nullptr;
            }
            if (m_next == 500)
            {
                std::this_thread::sleep_for(std::chrono::milliseconds(150));
            }
            m_flow = {{m_next == 0 ? 0U : 1U}, m_next == 0 ? 1e9 : 100, 1000.0 * m_next, NO_LIMIT};
            m_next++;
            return &m_flow;
        }

      private:
        uint32_t m_next = 0;
        FluidFlow m_flow;
    };

    WaitingSource source;
    std::vector<uint64_t> reported;
    StreamFlowSim(
        {10, 10},
        source,
        [](uint32_t, double) {},
        [&](uint64_t flows) { reported.push_back(flows); });
    EXPECT_EQ(reported, std::vector<uint64_t>{511}) << "513 have arrived, of which flows 0 and 512 are in transfer";
}

TEST(FlowSim, StreamedFlowsAreChecked)
{
    const std::vector<FluidFlow> flows = {{{0}, 100, 5, NO_LIMIT}, {{0}, 100, 4, NO_LIMIT}};
    OneByOne source(flows);
    try
    {
        StreamFlowSim({10}, source, [](uint32_t, double) {});
        ADD_FAILURE() << "a falling start was taken";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_STREQ(error.what(),
                     "flowSim: flow 1: its start is before 0 or that of the flow before it, or not finite");
    }
    OneByOne none(flows);
    EXPECT_THROW(StreamFlowSim({0}, none, [](uint32_t, double) {}), std::invalid_argument);
    EXPECT_EQ(none.taken, 0U);
}

TEST(FlowSim, OrderOfSimultaneousFlowsDoesNotMatter)
{
    for (uint32_t side : {6, 20}) // solved at once, and by repair
    {
        RandomStream random(19);
        std::vector<double> capacity(2 * side);
        for (double& c : capacity)
        {
            c = 10.0 * static_cast<double>(random.Integer(1, 4));
        }
        std::vector<FluidFlow> flows;
        for (int i = 0; i < 500; i++)
        {
            const auto a = static_cast<uint32_t>(random.Integer(0, side - 1));
            const auto b = static_cast<uint32_t>(random.Integer(side, 2 * side - 1));
            flows.push_back({{a, b}, WireBits(1 + random.Integer(0, 5000)), 100'000.0 * (i / 100), NO_LIMIT});
        }
        std::vector<uint32_t> place(flows.size());
        std::iota(place.begin(), place.end(), 0);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            std::swap(place[i], place[random.Integer(i, i / 100 * 100 + 99)]);
        }
        std::vector<FluidFlow> shuffled;
        for (uint32_t i : place)
        {
            shuffled.push_back(flows[i]);
        }
        const auto fct = RunFlowSim(capacity, flows);
        const auto ofShuffled = RunFlowSim(capacity, shuffled);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            ASSERT_NEAR(ofShuffled[i], fct[place[i]], 1e-9 * fct[place[i]]) << i;
        }
    }
}

TEST(FlowSim, RefusesImpossibleInput)
{
    const auto run = [](std::vector<double> links, FluidFlow flow) {
        return RunFlowSim(links, {{{0}, 100, 5, NO_LIMIT}, flow});
    };
    EXPECT_EQ(run({10}, {{0}, 100, 5, NO_LIMIT}).size(), 2u);
    // anything above 0 will do
    EXPECT_NEAR(RunFlowSim({0.5}, {{{0}, 0.25, 0, NO_LIMIT}}).at(0), 0.5, 1e-12);
    EXPECT_NEAR(RunFlowSim({5}, {{{0}, 1, 0, 0.25}}).at(0), 4, 1e-12);
    EXPECT_THROW(RunFlowSim({10}, {{{0}, 100, -1, NO_LIMIT}}), std::invalid_argument) << "the first flow, too";
    const std::pair<FluidFlow, const char*> wrong[] = {{{{0}, 100, 4, NO_LIMIT}, "start"},
                                                       {{{1}, 100, 5, NO_LIMIT}, "link"},
                                                       {{{0}, 0, 5, NO_LIMIT}, "size"},
                                                       {{{0}, -3, 5, NO_LIMIT}, "size"},
                                                       {{{0}, 100, NAN, NO_LIMIT}, "start"},
                                                       {{{}, 100, 5, NO_LIMIT}, "bounds"},
                                                       {{{0}, 100, 5, 0}, "limit"}};
    for (const auto& [flow, word] : wrong)
    {
        try
        {
            run({10}, flow);
            ADD_FAILURE() << "not refused: " << word;
        }
        catch (const std::invalid_argument& error)
        {
            EXPECT_NE(std::string(error.what()).find("flow 1: "), std::string::npos) << error.what();
            EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(run({0}, {{0}, 100, 5, NO_LIMIT}), std::invalid_argument);
}
