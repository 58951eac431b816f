// SPDX-License-Identifier: GPL-2.0-only
#include "window-simulation.h"

#include "flows-in-transfer.h"
#include "window-share.h"

#include "core/in-order.h"
#include "core/text-format.h"
#include "features/fluid-run.h"
#include "ns3/m3-estimate-share.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/replication.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

namespace ns3::m3
{

double OrderStatistic(std::vector<double> values, double p)
{
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

Question Alone(Question question)
{
    question.share = nullptr;
    return question;
}

namespace
{

/// Processor time of the calling thread, s.
double ThreadSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

} // namespace

bool IsFirst(const Question& question)
{
    return !question.share || question.share->Rank() == 0;
}

WindowSimulation::WindowSimulation(const Scenario& scenario,
                                   const Question& question,
                                   Engine* starter,
                                   std::shared_ptr<const FluidRun> run)
    : m_scenario(scenario),
      m_question(question),
      m_starter(starter),
      m_run(std::move(run)),
      m_config(ConfigOfReplication(scenario.Resolved()))
{
    if (!m_run)
    {
        return;
    }
    const FlowList& flows = scenario.Flows();
    m_expected.reserve(flows.size());
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        const UncongestedFct alone = UncongestedFctOf(scenario.Fabric(), flows, m_run->fluid, id);
        m_expected.push_back(static_cast<float>(alone.Slowdown(m_run->fluidFctNs[id])));
    }
}

/// The flows that the starter expects to be in transfer when windows begin, per window ascending.
std::vector<std::vector<FlowInTransfer>> WindowSimulation::InTransfer(const std::vector<SampledWindow>& windows) const
{
    if (!m_starter)
    {
        return std::vector<std::vector<FlowInTransfer>>(windows.size());
    }
    const Question alone = Alone(m_question);
    return m_run ? FlowsInTransfer(m_scenario, alone, *m_starter, *m_run, windows)
                 : FlowsInTransferByParts(m_scenario, alone, *m_starter, windows);
}

void WindowSimulation::RunUpTo(const WindowPlan& plan, const std::vector<SampledWindow>& windows)
{
    const std::size_t done = m_windows;
    if (done == 0 && m_question.IsToStop())
    {
        throw InputError("stopped before the first window was done");
    }
    if (m_isSpent)
    {
        return;
    }
    EstimateShare* share = m_question.share;
    const std::size_t step = share ? share->Processes() : 1; // every n-th window is this process's
    std::vector<SampledWindow> mine;
    for (std::size_t w = done + (share ? share->Rank() : 0); w < windows.size(); w += step)
    {
        mine.push_back(windows[w]);
    }
    const std::vector<std::vector<FlowInTransfer>> underWay = InTransfer(mine);
    std::vector<WindowOutcome> outcomes;
    const double ownSeconds = m_seconds / static_cast<double>(step);
    double seconds = 0;
    Tell(done, windows.size());
    InOrderWhile(
        mine.size(),
        ThreadCount(m_question.threads),
        [&](std::size_t i)
        {
            const double begin = ThreadSeconds();
            WindowOutcome outcome = RunWindowByPackets(m_scenario,
                                                       m_config,
                                                       plan,
                                                       mine[i],
                                                       underWay[i],
                                                       m_expected,
                                                       m_question.links && !m_question.share);
            return std::make_pair(std::move(outcome), ThreadSeconds() - begin);
        },
        [&](std::size_t i, std::pair<WindowOutcome, double>&& timed)
        {
            if (timed.first.links)
            {
                m_links.Add(timed.first);
                timed.first.links.reset();
            }
            outcomes.push_back(std::move(timed.first));
            seconds += timed.second;
            Tell(std::min(windows.size(), done + (i + 1) * step), windows.size()); // others are as far
            const bool isSpent = m_maxSeconds > 0 && ownSeconds + seconds >= m_maxSeconds / static_cast<double>(step);
            return i + 1 == mine.size() || !(isSpent || m_question.IsToStop());
        });
    outcomes = share ? GatherWindows(*share, outcomes) : std::move(outcomes);
    m_windows = done + outcomes.size();
    m_seconds += seconds * static_cast<double>(step); // others took about as long
    if (share)
    {
        m_windows = static_cast<std::size_t>(share->OfFirst(static_cast<double>(m_windows)));
        m_seconds = share->OfFirst(m_seconds);
    }
    m_isSpent = m_maxSeconds > 0 && (m_seconds >= m_maxSeconds || (share && m_windows < windows.size()));
    m_outcomes.insert(m_outcomes.end(), outcomes.begin(), outcomes.end());
}

std::optional<StarterCheck> WindowSimulation::CheckOfStarter() const
{
    constexpr std::size_t MAX_FLOWS = 20'000; // enough for a p99
    std::vector<std::pair<uint32_t, double>> all;
    for (const WindowOutcome& window : m_outcomes)
    {
        for (const WindowFlow& flow : window.flows)
        {
            all.emplace_back(flow.flow, flow.slowdown);
        }
    }
    if (!m_starter || !m_run || all.empty())
    {
        return {};
    }
    std::sort(all.begin(), all.end());
    const std::size_t step = all.size() / MAX_FLOWS + 1;
    std::vector<uint32_t> ids;
    std::vector<double> packets;
    for (std::size_t i = 0; i < all.size(); i += step)
    {
        if (ids.empty() || ids.back() != all[i].first)
        {
            ids.push_back(all[i].first);
            packets.push_back(all[i].second);
        }
    }
    std::vector<double> expected = m_starter->FctsOf(m_scenario, Alone(m_question), *m_run, ids);
    for (std::size_t i = 0; i < ids.size(); i++)
    {
        expected[i] /= UncongestedFctOf(m_scenario.Fabric(), m_scenario.Flows(), m_run->fluid, ids[i]).idealNs;
    }
    const auto error = [&](double p) { return 100 * (OrderStatistic(expected, p) / OrderStatistic(packets, p) - 1); };
    constexpr double MIN_QUEUEING = 1e-3; // of a slowdown, beyond 1
    const auto queueing = [&](std::vector<double>& of) { return std::max(MIN_QUEUEING, OrderStatistic(of, 0.99) - 1); };
    return StarterCheck{FormatText("%s on %zu flows of these windows, against packets: p50 %+.1f %%, p99 %+.1f %%",
                                   m_starter->Info().name.c_str(),
                                   ids.size(),
                                   error(0.5),
                                   error(0.99)),
                        std::log(queueing(expected) / queueing(packets))};
}

} // namespace ns3::m3
