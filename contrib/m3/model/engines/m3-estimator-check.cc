// SPDX-License-Identifier: GPL-2.0-only
#include "m3-estimator-work.h"
#include "ns3/m3-estimator.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace ns3::m3
{

/// First flow of each part that `check` asks for.
std::vector<std::size_t> M3Estimator::CheckedParts(const FlowList& flows) const
{
    if (check == 0)
    {
        return {};
    }
    if (scope == Scope::PUBLISHED)
    {
        throw InputError("a check by packets needs another scope than published");
    }
    const std::size_t room = std::max<std::size_t>(1, flows.size() / PART_FLOWS);
    if (check > room)
    {
        throw InputError("the trace has room for " + std::to_string(room) + " parts of " + std::to_string(PART_FLOWS) +
                         " flows to check, not for " + std::to_string(check));
    }
    std::vector<std::size_t> first;
    for (uint32_t part = 0; part < check; part++)
    {
        first.push_back(
            flows.size() <= PART_FLOWS ? 0 : (flows.size() - PART_FLOWS) * (2 * part + 1) / (2 * std::size_t{check}));
    }
    return first;
}

std::vector<SlowdownReport> M3Estimator::Check(const FlowList& flows)
{
    Prepare(Engine::M3, flows);
    return RunCheck(flows);
}

std::vector<SlowdownReport> M3Estimator::RunCheck(const FlowList& flows)
{
    class Adder : public PredictionUser
    {
      public:
        Adder(const FlowList& flows, SlowdownReport& report)
            : m_flows(flows),
              m_report(report)
        {
        }

        void Use(std::size_t /*selection*/, uint32_t flow, const float* slowdowns) override
        {
            for (uint32_t k = 0; k < QUANTILES; k++)
            {
                m_report.Add(m_report.Classes().ClassOf(m_flows[flow].sizeBytes), slowdowns[k], QuantileWeight(k));
            }
        }

      private:
        const FlowList& m_flows;
        SlowdownReport& m_report;
    };

    std::vector<SlowdownReport> reports{SlowdownReport(EngineName(Engine::PACKET), sizeClasses),
                                        SlowdownReport(EngineName(Engine::M3), sizeClasses)};
    std::vector<uint64_t> counted(sizeClasses.Count(), 0);
    uint64_t unfinished = 0;
    for (const std::size_t first : CheckedParts(flows))
    {
        const std::size_t size = std::min<std::size_t>(PART_FLOWS, flows.size());
        const auto begin = flows.begin() + static_cast<std::ptrdiff_t>(first);
        FlowList part(begin, begin + static_cast<std::ptrdiff_t>(size));
        for (Flow& flow : part)
        {
            flow.startNs -= begin->startNs;
        }
        const auto firstCounted = static_cast<uint32_t>(size == flows.size() ? 0 : size / 2);
        for (std::size_t id = firstCounted; id < size; id++)
        {
            counted[sizeClasses.ClassOf(part[id].sizeBytes)]++;
        }
        auto start = std::chrono::steady_clock::now();
        const auto seconds = [&start]
        {
            const auto now = std::chrono::steady_clock::now();
            return std::chrono::duration<double>(now - std::exchange(start, now)).count();
        };
        const PacketResult packets = AddPacketRun(part, firstCounted, reports[0]);
        unfinished += static_cast<uint64_t>(std::count_if(packets.flows.begin() + firstCounted,
                                                          packets.flows.end(),
                                                          [](const FlowOutcome& flow)
                                                          { return flow.unfinished != Unfinished::NO; }));
        reports[0].wallSeconds += seconds();
        const Work work(m_fabric, config, part, ScopeOf(flows.size()));
        EstimateInput input = InputOf(work);
        input.firstFlow = firstCounted;
        if (work.scope == Scope::PATHS)
        {
            EstimatePaths(input, paths, flowsPerPath, *m_model, reports[1]);
        }
        else
        {
            std::vector<uint32_t> selection(size - firstCounted);
            std::iota(selection.begin(), selection.end(), firstCounted);
            const FluidRun run = RecordFluidRun(m_fabric, work.routes, config, part);
            Adder adder(part, reports[1]);
            PredictFlows({{input, run, selection}}, input.threads, *m_model, adder);
        }
        reports[1].wallSeconds += seconds();
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

/// A line on what was checked, and one with the errors of each size class and of all flows.
void M3Estimator::AddCheckNotes(const std::vector<SlowdownReport>& check, SlowdownReport& report)
{
    const SlowdownReport& truth = check.front();
    const SlowdownReport& estimate = check.back();
    report.AddNote(FormatText("checked by packets on %llu flows of the trace in %.1f s; error of p50 and p99 there:",
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
