// SPDX-License-Identifier: GPL-2.0-only
// Work that several processes share; here each process is a thread.
#include "engines/window-share.h"

#include "ns3/m3-engine.h"
#include "ns3/m3-estimate-share.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

using namespace ns3::m3;

namespace
{

/// What the threads that stand for processes exchange.
class Exchange
{
  public:
    explicit Exchange(uint32_t processes)
        : m_values(processes)
    {
    }

    /// Waits for all. \return the values of each rank
    std::vector<std::vector<float>> All(uint32_t rank, const std::vector<float>& mine)
    {
        std::unique_lock lock(m_mutex);
        m_values[rank] = mine;
        WaitForAll(lock);
        std::vector<std::vector<float>> all = m_values;
        WaitForAll(lock); // nobody writes before all have read
        return all;
    }

    double OfFirst(uint32_t rank, double mine)
    {
        std::unique_lock lock(m_mutex);
        m_first = rank == 0 ? mine : m_first;
        WaitForAll(lock);
        const double first = m_first;
        WaitForAll(lock);
        return first;
    }

    std::size_t Processes() const
    {
        return m_values.size();
    }

  private:
    void WaitForAll(std::unique_lock<std::mutex>& lock)
    {
        const uint64_t round = m_round;
        if (++m_waiting == m_values.size())
        {
            m_waiting = 0;
            m_round++;
            m_changed.notify_all();
        }
        m_changed.wait(lock, [&] { return m_round > round; });
    }

    std::vector<std::vector<float>> m_values;
    double m_first = 0;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_waiting = 0;
    uint64_t m_round = 0;
};

class ThreadShare : public EstimateShare
{
  public:
    ThreadShare(Exchange& exchange, uint32_t rank)
        : m_exchange(exchange),
          m_rank(rank)
    {
    }

    uint32_t Processes() const override
    {
        return static_cast<uint32_t>(m_exchange.Processes());
    }

    uint32_t Rank() const override
    {
        return m_rank;
    }

    std::vector<std::vector<float>> Gather(const std::vector<float>& mine) override
    {
        std::vector<std::vector<float>> all = m_exchange.All(m_rank, mine);
        return m_rank == 0 ? all : std::vector<std::vector<float>>();
    }

    double OfFirst(double mine) override
    {
        return m_exchange.OfFirst(m_rank, mine);
    }

  private:
    Exchange& m_exchange;
    uint32_t m_rank;
};

/// Calls a function for each process. \return what it gives on rank 0
template <typename Function>
auto Together(uint32_t processes, const Function& function)
{
    Exchange exchange(processes);
    std::vector<std::thread> others;
    for (uint32_t rank = 1; rank < processes; rank++)
    {
        others.emplace_back(
            [&exchange, &function, rank]
            {
                ThreadShare share(exchange, rank);
                function(share);
            });
    }
    ThreadShare share(exchange, 0);
    auto result = function(share);
    for (std::thread& other : others)
    {
        other.join();
    }
    return result;
}

/// Equal with all digits, or both without an interval.
void ExpectSame(double one, double other)
{
    EXPECT_TRUE(one == other || (std::isnan(one) && std::isnan(other))) << one << " and " << other;
}

void ExpectSame(const SlowdownReport& one, const SlowdownReport& other)
{
    for (const double p : {0.1, 0.5, 0.99, 0.999})
    {
        EXPECT_EQ(one.OverallQuantile(p), other.OverallQuantile(p));
        EXPECT_EQ(one.SamplingReach(p), other.SamplingReach(p));
        if (one.HasIntervals())
        {
            ExpectSame(one.OverallInterval(p).low, other.OverallInterval(p).low);
            ExpectSame(one.OverallInterval(p).high, other.OverallInterval(p).high);
        }
    }
    EXPECT_EQ(one.HasIntervals(), other.HasIntervals());
    EXPECT_EQ(one.FlowCount(), other.FlowCount());
    EXPECT_EQ(one.Notes(), other.Notes());
}

} // namespace

TEST(WindowShare, GathersWindowsInOrderWithAllTheirDigits)
{
    constexpr double SMALLEST = std::numeric_limits<double>::denorm_min();
    std::vector<WindowOutcome> windows(7);
    for (uint32_t w = 0; w < windows.size(); w++)
    {
        windows[w].cut = w;
        windows[w].kind = w % 2;
        windows[w].gaveUp = UINT64_MAX - w;
        windows[w].underWay = (uint64_t{1} << 22) - w;
        windows[w].dataHops = (uint64_t{1} << 44) - w;
        windows[w].drops = 5 * w;
        for (uint32_t flow = 0; flow < w; flow++)
        {
            windows[w].flows.push_back(
                {UINT32_MAX - flow, 1 + 1 / (3. + flow), flow == 1 ? SMALLEST : 1e300 / 7, flow % 2 == 0});
        }
    }
    for (const uint32_t processes : {1U, 2U, 3U, 9U})
    {
        const auto all = Together(processes,
                                  [&](EstimateShare& share)
                                  {
                                      std::vector<WindowOutcome> mine;
                                      for (std::size_t w = share.Rank(); w < windows.size(); w += processes)
                                      {
                                          mine.push_back(windows[w]);
                                      }
                                      std::vector<WindowOutcome> gathered = GatherWindows(share, mine);
                                      EXPECT_TRUE(share.Rank() == 0 || gathered.empty());
                                      return gathered;
                                  });
        ASSERT_EQ(all.size(), windows.size());
        for (std::size_t w = 0; w < all.size(); w++)
        {
            EXPECT_EQ(all[w].cut, windows[w].cut);
            EXPECT_EQ(all[w].kind, windows[w].kind);
            EXPECT_EQ(all[w].gaveUp, windows[w].gaveUp);
            EXPECT_EQ(all[w].underWay, windows[w].underWay);
            EXPECT_EQ(all[w].dataHops, windows[w].dataHops);
            EXPECT_EQ(all[w].drops, windows[w].drops);
            ASSERT_EQ(all[w].flows.size(), windows[w].flows.size());
            for (std::size_t i = 0; i < all[w].flows.size(); i++)
            {
                EXPECT_EQ(all[w].flows[i].flow, windows[w].flows[i].flow);
                EXPECT_EQ(all[w].flows[i].slowdown, windows[w].flows[i].slowdown);
                EXPECT_EQ(all[w].flows[i].weight, windows[w].flows[i].weight);
                EXPECT_EQ(all[w].flows[i].isCut, windows[w].flows[i].isCut);
            }
        }
    }
}

TEST(WindowShare, AnyNumberOfProcessesGivesTheSameDigits)
{
    const FabricGraph fabric = MakeLeafSpine({4, 8, 2, 10'000'000'000, 40'000'000'000, 1000});
    WorkloadHelper workload;
    workload.flows = 60'000;
    workload.load = 0.5;
    const FlowList flows = workload.Generate(fabric);
    const FlowList few(flows.begin(), flows.begin() + 2000); // too few for windows
    RdmaConfig config;
    const auto answer = [&](const FlowList& of, const EngineOptions& options, EstimateShare* share)
    {
        const std::unique_ptr<Engine> engine = MakeEngine("sampled");
        EXPECT_TRUE(engine->CanShare());
        for (const auto& [name, value] : options)
        {
            engine->Set(name, value);
        }
        Question question;
        question.threads = 1;
        question.share = share;
        return engine->Run(Scenario(fabric, config, of), question);
    };
    for (const auto& [of, options] : {std::pair(&flows, EngineOptions{{"start", "flowsim"}, {"target-error", "2%"}}),
                                      std::pair(&flows, EngineOptions{{"windows", "5"}}),
                                      std::pair(&flows, EngineOptions{{"start", "empty"}, {"windows", "2"}}),
                                      std::pair(&few, EngineOptions{})})
    {
        const SlowdownReport alone = answer(*of, options, nullptr);
        for (const uint32_t processes : {2U, 3U})
        {
            ExpectSame(alone,
                       Together(processes,
                                [&, of = of, &options = options](EstimateShare& share)
                                { return answer(*of, options, &share); }));
        }
    }
}

TEST(EstimateShare, WindowsOfTheModelAndLinksOfParsimonGiveTheSameDigits)
{
    const FabricGraph fabric = MakeLeafSpine({4, 4, 2, 10'000'000'000, 40'000'000'000, 1000});
    WorkloadHelper workload;
    workload.flows = 3000;
    workload.load = 0.5;
    const FlowList flows = workload.Generate(fabric);
    RdmaConfig config;
    config.pfc = false; // so that packets are lost
    config.bufferBytes = 30'000;
    const Scenario scenario(fabric, config, flows);
    const auto answer = [&](const std::string& name, const EngineOptions& options, EstimateShare* share)
    {
        const std::unique_ptr<Engine> engine = MakeEngine(name);
        for (const auto& [option, value] : options)
        {
            engine->Set(option, value);
        }
        EXPECT_TRUE(engine->CanShare()) << name;
        Question question;
        question.threads = 2;
        question.share = share;
        question.links = name == "parsimon";
        return engine->Run(scenario, question);
    };
    for (const auto& [name, options] :
         {std::pair("m3-windows", EngineOptions{{"windows", "5"}, {"flows-per-window", "500"}}),
          std::pair("m3-windows", EngineOptions{{"windows", "1"}, {"flows-per-window", "1000"}}),
          std::pair("m3-windows", EngineOptions{{"windows", "3"}, {"flows-per-window", "300"}, {"target-error", "5%"}}),
          std::pair("parsimon", EngineOptions{})})
    {
        const SlowdownReport alone = answer(name, options, nullptr);
        EXPECT_GT(alone.FlowCount(), 0U);
        for (const uint32_t processes : {2U, 7U})
        {
            const SlowdownReport shared = Together(processes,
                                                   [&, name = name, &options = options](EstimateShare& share)
                                                   { return answer(name, options, &share); });
            ExpectSame(alone, shared);
            ASSERT_EQ(alone.packetCounts.has_value(), shared.packetCounts.has_value());
            if (alone.packetCounts)
            {
                EXPECT_GT(alone.packetCounts->switchDrops, 0U);
                EXPECT_EQ(PacketCountsText(*alone.packetCounts), PacketCountsText(*shared.packetCounts));
            }
            ASSERT_EQ(alone.links.has_value(), shared.links.has_value());
            for (std::size_t link = 0; alone.links && link < alone.links->links.size(); link++)
            {
                EXPECT_EQ(alone.links->links[link].tailShare, shared.links->links[link].tailShare);
            }
        }
    }
}
