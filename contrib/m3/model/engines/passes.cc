// SPDX-License-Identifier: GPL-2.0-only
#include "passes.h"

#include "fabric/routes-of-flows.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Completion time of each group, ns; at the end that of the tasks without one. 0 for what has no tasks.
std::vector<double> CompletionsOf(const Schedule& schedule, const TaskTimes& times)
{
    const std::size_t groups = schedule.Groups().size() + 1;
    constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> starts(groups, NEVER);
    std::vector<double> ends(groups, NEVER);
    for (std::size_t place = 0; place < schedule.TaskCount(); place++)
    {
        const std::size_t group = std::min<std::size_t>(schedule.GroupOf(schedule.TaskAt(place)), groups - 1);
        starts[group] = std::fmin(starts[group], times.startNs[place]);
        ends[group] = std::fmax(ends[group], times.receivedNs[place]);
    }
    for (std::size_t group = 0; group < groups; group++)
    {
        ends[group] = std::isnan(ends[group]) ? 0 : ends[group] - starts[group];
    }
    return ends;
}

/// Sets what a pass has changed.
void SetChange(const std::vector<double>& before, const std::vector<double>& after, PassCounts& counts)
{
    double sum = 0;
    counts.change = counts.largestChange = 0;
    for (std::size_t group = 0; group < before.size(); group++)
    {
        const double change = std::abs(after[group] - before[group]);
        sum += before[group];
        counts.change += change;
        counts.largestChange = std::max(counts.largestChange, before[group] > 0 ? change / before[group] : 0);
    }
    counts.change = sum > 0 ? counts.change / sum : 0;
}

} // namespace

TaskTimes TimesOfList(const Schedule& schedule, const std::vector<CompletionTime>& fcts)
{
    TaskTimes times;
    for (std::size_t flow = 0; flow < fcts.size(); flow++)
    {
        const auto start = static_cast<double>(schedule.Flows()[flow].startNs);
        times.startNs.push_back(start);
        times.receivedNs.push_back(start + fcts[flow].receiverNs);
        times.sentNs.push_back(start + fcts[flow].senderNs);
    }
    for (const Compute& compute : schedule.Computes())
    {
        times.startNs.push_back(static_cast<double>(compute.startNs));
        times.receivedNs.push_back(static_cast<double>(compute.startNs + compute.durationNs));
        times.sentNs.push_back(times.receivedNs.back());
    }
    return times;
}

Passes::Passes(const Scenario& scenario)
    : m_scenario(scenario),
      m_factors(scenario.Flows().size(), 1),
      m_fluidFctNs(scenario.Flows().size())
{
    RunFluid();
    RoutesOfFlows keys(scenario.Routes());
    m_keys.reserve(scenario.Flows().size());
    for (const Flow& flow : scenario.Flows())
    {
        m_keys.push_back(keys.NextKey(flow.src, flow.dst, flow.dstPort));
    }
}

void Passes::RunFluid()
{
    const auto classes = FluidClassesOf(m_scenario.Fabric(), m_scenario.Config(), m_scenario.Flows());
    m_times = ScheduleFlowSim(
        m_scenario.Fabric(),
        m_scenario.Routes(),
        *m_scenario.Tasks(),
        m_scenario.Config().Format(),
        m_scenario.Config().AckBytes(),
        [](uint32_t, double) {},
        {},
        classes ? &*classes : nullptr,
        {}, // what fails is not taken into account
        &m_factors);
    for (std::size_t flow = 0; flow < m_fluidFctNs.size(); flow++)
    {
        m_fluidFctNs[flow] = (m_times.receivedNs[flow] - m_times.startNs[flow]) / m_factors[flow];
    }
}

std::unique_ptr<const Passes::Listed> Passes::ListByStart() const
{
    const FlowList& flows = m_scenario.Flows();
    auto listed = std::make_unique<Listed>();
    std::vector<uint32_t>& numbers = listed->scheduled.numbers;
    std::vector<int64_t> starts;
    starts.reserve(flows.size());
    for (std::size_t flow = 0; flow < flows.size(); flow++)
    {
        starts.push_back(std::llround(m_times.startNs[flow]));
    }
    numbers.resize(flows.size());
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::stable_sort(numbers.begin(), numbers.end(), [&](uint32_t a, uint32_t b) { return starts[a] < starts[b]; });
    for (const uint32_t flow : numbers)
    {
        listed->flows.push_back(flows[flow]);
        listed->flows.back().startNs = starts[flow];
        listed->scheduled.keys.push_back(m_keys[flow]);
    }
    listed->scenario = std::make_unique<const Scenario>(m_scenario, listed->flows, listed->scheduled);
    return listed;
}

void Passes::Run(const PassLimits& limits, const Answer& answer)
{
    const Schedule& schedule = *m_scenario.Tasks();
    std::vector<double> completions = CompletionsOf(schedule, m_times);
    m_counts.tolerance = limits.tolerance;
    do
    {
        m_listed = ListByStart();
        const std::vector<CompletionTime> fcts = answer(Last());
        const double weight = 1.0 / std::max<uint32_t>(1, m_counts.passes); // the second one replaces the first
        for (std::size_t place = 0; place < fcts.size(); place++)
        {
            const uint32_t flow = m_listed->scheduled.numbers[place];
            if (std::isnan(fcts[place].receiverNs))
            {
                throw InputError(schedule.NameOf(TaskId::OfFlow(flow)) +
                                 " has no completion time for others to wait for");
            }
            const double factor = std::max(1.0, fcts[place].receiverNs / m_fluidFctNs[flow]);
            m_factors[flow] *= std::pow(factor / m_factors[flow], weight);
        }
        RunFluid();
        m_counts.passes++;
        std::vector<double> after = CompletionsOf(schedule, m_times);
        SetChange(std::exchange(completions, after), after, m_counts);
    } while (m_counts.change > limits.tolerance && m_counts.passes < limits.maxPasses);
}

} // namespace ns3::m3
