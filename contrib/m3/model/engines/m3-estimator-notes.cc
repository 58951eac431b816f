// SPDX-License-Identifier: GPL-2.0-only
// M3Estimator: what a report says of what its engine leaves out, and the ranges of public fields.
#include "ns3/m3-estimator.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-input-error.h"
#include "scenario/scenario-traits.h"
#include "scenario/traffic-shape.h"

#include <algorithm>
#include <string>

namespace ns3::m3
{

namespace
{

// What each engine takes into account; of the rest its report has a note.
constexpr TraitSet PACKET_TRAITS{Trait::LINK_ERRORS,
                                 Trait::RATE_CAP,
                                 Trait::SMALL_WINDOW,
                                 Trait::ACK_PRIORITY,
                                 Trait::PAIR_WINDOWS,
                                 Trait::PACED_AT_CAP,
                                 Trait::PORT_THRESHOLDS,
                                 Trait::CONTROL_PARAMETERS,
                                 Trait::CONTROL_INPUTS};
/// Links alone, by packets. A lost packet delays a flow there as if each of its packets were: quantiles of size classes
/// come out too high.
constexpr TraitSet PARSIMON_TRAITS{Trait::RATE_CAP,
                                   Trait::SMALL_WINDOW,
                                   Trait::ACK_PRIORITY,
                                   Trait::PAIR_WINDOWS,
                                   Trait::PACED_AT_CAP,
                                   Trait::PORT_THRESHOLDS,
                                   Trait::CONTROL_PARAMETERS,
                                   Trait::CONTROL_INPUTS};
/// flowSim has neither queues nor congestion control at all, which docs/guide.md says; these are parts of them.
constexpr TraitSet FLOWSIM_TRAITS{Trait::ACK_PRIORITY,
                                  Trait::PAIR_WINDOWS,
                                  Trait::PACED_AT_CAP,
                                  Trait::PORT_THRESHOLDS,
                                  Trait::CONTROL_PARAMETERS,
                                  Trait::CONTROL_INPUTS};
constexpr TraitSet M3_TRAITS{Trait::SMALL_WINDOW, Trait::CONTROL_INPUTS};
constexpr TraitSet PUBLISHED_TRAITS{Trait::SMALL_WINDOW};
/// Flows that meet no other have their slowdowns from the packet engine; nobody is before or behind them.
constexpr TraitSet LONE_TRAITS{Trait::PRIORITIES,
                               Trait::LINK_ERRORS,
                               Trait::RATE_CAP,
                               Trait::SMALL_WINDOW,
                               Trait::ACK_PRIORITY,
                               Trait::PAIR_WINDOWS,
                               Trait::PACED_AT_CAP,
                               Trait::PORT_THRESHOLDS,
                               Trait::CONTROL_PARAMETERS,
                               Trait::CONTROL_INPUTS};

/// \throws InputError unless low <= value <= high
void CheckRange(const char* name, uint64_t value, uint64_t low, uint64_t high)
{
    if (value < low || value > high)
    {
        throw InputError(std::string(name) + " must be at least " + std::to_string(low) +
                         (high == UINT64_MAX ? "" : " and at most " + std::to_string(high)) + ", is " +
                         std::to_string(value));
    }
}

} // namespace

void M3Estimator::CheckFields(const FlowList& flows) const
{
    constexpr uint32_t MOST_THREADS = 4096;
    constexpr uint64_t ANY_PATHS = 500; // the default, of however few flows
    if (flows.empty())
    {
        throw InputError("there are no flows");
    }
    if (!sizeClasses.AreValid())
    {
        throw InputError("size classes: need ascending numbers of bytes that begin with 0, as in 0,1000,10000");
    }
    CheckRange("flows per class", flowsPerClass, 1, UINT64_MAX);
    CheckRange("windows", windows, 1, UINT64_MAX);
    CheckRange("flows per window", flowsPerWindow, 1, UINT64_MAX);
    CheckRange("paths", paths, 1, std::max<uint64_t>(ANY_PATHS, flows.size()));
    CheckRange("flows per path", flowsPerPath, 1, UINT32_MAX);
    CheckRange("threads", threads, 0, MOST_THREADS);
    if (!(targetError >= 0 && targetError < 1))
    {
        throw InputError("the target error must be at least 0 and below 1");
    }
}

/// Adds a note for all that the engine leaves out of the scenario or was not made for; then there are no intervals.
void M3Estimator::AddScenarioNotes(Engine engine, const FlowList& flows, SlowdownReport& report) const
{
    if (share && share->Rank() > 0)
    {
        return;
    }
    for (const FabricRemark& remark : m_fabric.Remarks())
    {
        if (!remark.changesResults)
        {
            report.AddNote(remark.text);
        }
    }
    const RouteTable routes(m_fabric, config.mode);
    const bool isPublished = engine == Engine::M3 && ScopeOf(flows.size()) == Scope::PUBLISHED;
    const bool isKnown = engine == Engine::M3 && report.AreAllFlowsKnown();
    const TraitSet& taken = engine == Engine::PACKET     ? PACKET_TRAITS
                            : engine == Engine::PARSIMON ? PARSIMON_TRAITS
                            : engine == Engine::FLOWSIM  ? FLOWSIM_TRAITS
                            : isKnown                    ? LONE_TRAITS
                            : isPublished                ? PUBLISHED_TRAITS
                                                         : M3_TRAITS;
    for (const ScenarioTrait& trait : TraitsOf(m_fabric, routes, config, flows))
    {
        if (taken.Has(trait.trait))
        {
            continue;
        }
        const bool partly = engine == Engine::PARSIMON && trait.trait == Trait::LINK_ERRORS;
        const std::string note = (partly ? "not fully taken into account: " : "not taken into account: ") + trait.text;
        if (engine == Engine::M3)
        {
            report.WithholdIntervals(note);
        }
        else // has no intervals
        {
            report.AddNote(note);
        }
    }
    if (engine != Engine::M3 || isKnown)
    {
        return;
    }
    constexpr double NO_WINDOW = 1e18;
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    const auto window = static_cast<double>(resolved.AtNic(*resolved.hostRateBps).windowBytes.value_or(0));
    const TrafficUnits units{
        static_cast<double>(MaxBaseRttNs(m_fabric, routes, config.HeaderBytes(), config.AckBytes())),
        window > 0 ? window : NO_WINDOW,
        config.HeaderBytes()};
    for (const std::string& outside : OutsideOfTraining(MeasureTraffic(m_fabric, flows, units)))
    {
        report.WithholdIntervals("traffic outside of what the model was trained on: " + outside);
    }
}

} // namespace ns3::m3
