// SPDX-License-Identifier: GPL-2.0-only
#include "m3-check.h"

#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr const char* TRUTH = "packet"; //!< the engine that others are checked by

/// Measures elapsed time from call to call.
class LapTimer
{
  public:
    double Seconds()
    {
        const auto now = std::chrono::steady_clock::now();
        return std::chrono::duration<double>(now - std::exchange(m_last, now)).count();
    }

  private:
    std::chrono::steady_clock::time_point m_last = std::chrono::steady_clock::now();
};

/// Adds the flows of a part that count and finish. \return how many of them do not
uint64_t AddPackets(Engine& packets,
                    const Scenario& part,
                    const Question& question,
                    uint32_t firstCounted,
                    SlowdownReport& report)
{
    const std::vector<CompletionTime> times = packets.RunPerFlow(part, question);
    IdealFctsOfFlows ideals(part.Fabric(), part.Routes(), part.Config().HeaderBytes());
    uint64_t unfinished = 0;
    for (std::size_t id = 0; id < times.size(); id++)
    {
        const Flow& flow = part.Flows()[id];
        const int64_t ideal = ideals.NextNs(flow.src, flow.dst, flow.sizeBytes);
        if (id < firstCounted)
        {
            continue;
        }
        if (std::isnan(times[id].receiverNs))
        {
            unfinished++;
            continue;
        }
        report.Add(question.sizeClasses.ClassOf(flow.sizeBytes), SlowdownOf(std::llround(times[id].receiverNs), ideal));
    }
    return unfinished;
}

} // namespace

std::vector<std::size_t> CheckedParts(const FlowList& flows, uint32_t parts)
{
    constexpr std::size_t PART_FLOWS = Engine::PART_FLOWS;
    const std::size_t room = std::max<std::size_t>(1, flows.size() / PART_FLOWS);
    if (parts > room)
    {
        throw InputError("the trace has room for " + std::to_string(room) + " parts of " + std::to_string(PART_FLOWS) +
                         " flows to check, not for " + std::to_string(parts));
    }
    std::vector<std::size_t> first;
    for (uint32_t part = 0; part < parts; part++)
    {
        first.push_back(
            flows.size() <= PART_FLOWS ? 0 : (flows.size() - PART_FLOWS) * (2 * part + 1) / (2 * std::size_t{parts}));
    }
    return first;
}

std::vector<SlowdownReport> CheckByPackets(const std::string& engine,
                                           const Scenario& scenario,
                                           const Question& question,
                                           const EstimatePart& estimate)
{
    const SizeClasses& classes = question.sizeClasses;
    const FlowList& flows = scenario.Flows();
    const std::unique_ptr<Engine> packets = MakeEngine(TRUTH);
    std::vector<SlowdownReport> reports{SlowdownReport(TRUTH, classes), SlowdownReport(engine, classes)};
    std::vector<uint64_t> counted(classes.Count(), 0);
    uint64_t unfinished = 0;
    for (const std::size_t first : CheckedParts(flows, question.check))
    {
        const std::size_t size = std::min<std::size_t>(Engine::PART_FLOWS, flows.size());
        const auto begin = flows.begin() + static_cast<std::ptrdiff_t>(first);
        FlowList list(begin, begin + static_cast<std::ptrdiff_t>(size));
        for (Flow& flow : list)
        {
            flow.startNs -= begin->startNs;
        }
        const auto firstCounted = static_cast<uint32_t>(size == flows.size() ? 0 : size / 2);
        for (std::size_t id = firstCounted; id < size; id++)
        {
            counted[classes.ClassOf(list[id].sizeBytes)]++;
        }
        LapTimer timer;
        const Scenario part(scenario, list);
        unfinished += AddPackets(*packets, part, question, firstCounted, reports[0]);
        reports[0].wallSeconds += timer.Seconds();
        estimate(part, firstCounted, reports[1]);
        reports[1].wallSeconds += timer.Seconds();
    }
    for (std::size_t c = 0; c < counted.size(); c++)
    {
        reports[0].SetFlowCount(c, counted[c]);
        reports[1].SetFlowCount(c, counted[c]);
    }
    reports[0].SetUnfinished(unfinished);
    for (SlowdownReport& report : reports)
    {
        report.Finish();
    }
    return reports;
}

void AddCheckNotes(const std::vector<SlowdownReport>& check, SlowdownReport& report)
{
    const SlowdownReport& truth = check.front();
    const SlowdownReport& estimate = check.back();
    report.AddNote(
        FormatText("compared with the packet engine on %llu flows of the trace in %.1f s; errors of p50 and p99 there:",
                   static_cast<unsigned long long>(truth.FlowCount()),
                   truth.wallSeconds + estimate.wallSeconds));
    const auto add =
        [&](const std::string& name, uint64_t flows, double p50, double truth50, double p99, double truth99)
    {
        const std::string text = FormatText("%s: %+.1f %%, %+.1f %% of %llu flows",
                                            name.c_str(),
                                            100 * (p50 / truth50 - 1),
                                            100 * (p99 / truth99 - 1),
                                            static_cast<unsigned long long>(flows));
        if (std::isfinite(p50 / truth50))
        {
            report.AddNote(text);
        }
    };
    for (std::size_t c = 0; c < truth.Classes().Count(); c++)
    {
        add("check of " + truth.Classes().Name(c),
            truth.FlowCount(c),
            estimate.ClassQuantile(c, 0.5),
            truth.ClassQuantile(c, 0.5),
            estimate.ClassQuantile(c, 0.99),
            truth.ClassQuantile(c, 0.99));
    }
    add("check of all",
        truth.FlowCount(),
        estimate.OverallQuantile(0.5),
        truth.OverallQuantile(0.5),
        estimate.OverallQuantile(0.99),
        truth.OverallQuantile(0.99));
}

} // namespace ns3::m3
