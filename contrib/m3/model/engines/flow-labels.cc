// SPDX-License-Identifier: GPL-2.0-only
#include "flow-labels.h"

#include "core/text-format.h"
#include "fabric/fabric-places.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <functional>
#include <map>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Labels of pairs, numbered in ascending order of the pairs.
FlowLabels
LabelPairs(const Scenario& scenario, const std::string& what, const std::function<uint32_t(NodeId host)>& numberOf)
{
    FlowLabels labels;
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> numbers;
    for (const Flow& flow : scenario.Flows())
    {
        numbers.emplace(std::pair(numberOf(flow.src), numberOf(flow.dst)), 0);
    }
    for (auto& [pair, number] : numbers)
    {
        number = static_cast<uint32_t>(labels.labels.size());
        const std::string from = what + ' ' + std::to_string(pair.first);
        const std::string to = what + ' ' + std::to_string(pair.second);
        labels.labels.push_back({pair.first == pair.second ? "within " + from : from + " to " + to, from, to});
    }
    for (const Flow& flow : scenario.Flows())
    {
        labels.ofFlow.push_back(numbers.at({numberOf(flow.src), numberOf(flow.dst)}));
    }
    return labels;
}

/// Labels that are numbers, in ascending order.
FlowLabels LabelNumbers(const Scenario& scenario,
                        const std::string& what,
                        uint32_t count,
                        const std::function<uint32_t(const Flow& flow)>& numberOf)
{
    FlowLabels labels;
    for (uint32_t number = 0; number < count; number++)
    {
        labels.labels.push_back({what + ' ' + std::to_string(number), "", ""});
    }
    for (const Flow& flow : scenario.Flows())
    {
        labels.ofFlow.push_back(numberOf(flow));
    }
    return labels;
}

/// Labels by group, or by its kind.
FlowLabels LabelGroups(const Scenario& scenario, bool byKind)
{
    FlowLabels labels;
    const Schedule* schedule = scenario.Tasks();
    std::vector<uint32_t> labelOf; // by group
    std::map<std::string, uint32_t> kinds;
    for (std::size_t group = 0; schedule && group < schedule->Groups().size(); group++)
    {
        const TaskGroup& one = schedule->Groups()[group];
        const auto next = static_cast<uint32_t>(labels.labels.size());
        const uint32_t label = byKind ? kinds.emplace(one.kind, next).first->second : next;
        labelOf.push_back(label);
        if (label == next)
        {
            labels.labels.push_back({byKind ? one.kind : one.name, "", ""});
        }
    }
    for (uint32_t flow = 0; flow < scenario.Flows().size(); flow++)
    {
        const uint32_t group = schedule ? schedule->GroupOf(TaskId::OfFlow(flow)) : Schedule::NO_GROUP;
        labels.ofFlow.push_back(group == Schedule::NO_GROUP ? FlowLabels::NONE : labelOf[group]);
    }
    return labels;
}

/// A word and what it labels by.
struct Labelling
{
    const char* word;
    FlowLabels (*make)(const Scenario& scenario, const FabricPlaces& places);
};

constexpr Labelling LABELLINGS[] = {
    {"rack-pair",
     [](const Scenario& scenario, const FabricPlaces& places)
     { return LabelPairs(scenario, "rack", [&](NodeId host) { return places.RackOf(host); }); }},
    {"pod-pair",
     [](const Scenario& scenario, const FabricPlaces& places)
     { return LabelPairs(scenario, "pod", [&](NodeId host) { return places.PodOf(host); }); }},
    {"source-rack",
     [](const Scenario& scenario, const FabricPlaces& places)
     {
         return LabelNumbers(scenario,
                             "from rack",
                             places.Racks(),
                             [&](const Flow& flow) { return places.RackOf(flow.src); });
     }},
    {"destination-rack",
     [](const Scenario& scenario, const FabricPlaces& places)
     {
         return LabelNumbers(scenario,
                             "to rack",
                             places.Racks(),
                             [&](const Flow& flow) { return places.RackOf(flow.dst); });
     }},
    {"class",
     [](const Scenario& scenario, const FabricPlaces& /*places*/)
     {
         return LabelNumbers(scenario,
                             "class",
                             PRIORITY_CLASSES,
                             [](const Flow& flow) -> uint32_t { return flow.priorityGroup; });
     }},
    {"group", [](const Scenario& scenario, const FabricPlaces& /*places*/) { return LabelGroups(scenario, false); }},
    {"kind", [](const Scenario& scenario, const FabricPlaces& /*places*/) { return LabelGroups(scenario, true); }},
};

/// \throws InputError that lists the words
const Labelling& FindLabelling(const std::string& by)
{
    for (const Labelling& labelling : LABELLINGS)
    {
        if (by == labelling.word)
        {
            return labelling;
        }
    }
    throw InputError("flows have no label " + Quoted(by) + "; there are " + LabelWords());
}

} // namespace

FlowLabels LabelFlows(const Scenario& scenario, const std::string& by)
{
    FlowLabels labels = FindLabelling(by).make(scenario, FabricPlaces(scenario.Fabric()));
    labels.by = by;
    return labels;
}

void CheckLabelWord(const std::string& by)
{
    FindLabelling(by);
}

std::string LabelWords()
{
    std::string words;
    for (const Labelling& labelling : LABELLINGS)
    {
        words += (words.empty() ? "" : ", ") + std::string(labelling.word);
    }
    return words;
}

} // namespace ns3::m3
