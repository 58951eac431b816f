// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-control-description.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery-description.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Adds a control, with the next type that is free where it has none of its own.
void AddNumbered(ControlDescription control, std::deque<ControlDescription>& controls)
{
    if (control.type == CongestionControlType::REGISTERED)
    {
        const auto isRegistered = [](const ControlDescription& one)
        { return one.type >= CongestionControlType::REGISTERED; };
        const auto type =
            static_cast<std::ptrdiff_t>(control.type) + std::count_if(controls.begin(), controls.end(), isRegistered);
        if (type > UINT8_MAX)
        {
            throw InputError("congestion control " + control.name + " cannot be registered");
        }
        control.type = static_cast<CongestionControlType>(type);
    }
    controls.push_back(std::move(control));
}

std::deque<ControlDescription>& Controls()
{
    static std::deque<ControlDescription> controls = []
    {
        std::deque<ControlDescription> builtIn;
        for (ControlDescription& control : BuiltInControls())
        {
            AddNumbered(std::move(control), builtIn);
        }
        return builtIn;
    }();
    return controls;
}

} // namespace

const std::deque<ControlDescription>& CongestionControls()
{
    return Controls();
}

const ControlDescription& ControlOf(CongestionControlType type)
{
    const auto& controls = Controls();
    const auto found = std::find_if(controls.begin(),
                                    controls.end(),
                                    [type](const ControlDescription& control) { return control.type == type; });
    if (found == controls.end())
    {
        throw InputError("unknown congestion control " + std::to_string(static_cast<int>(type)));
    }
    return *found;
}

CongestionControlType AddControl(ControlDescription description)
{
    for (const ControlDescription& control : Controls())
    {
        if (control.name == description.name)
        {
            throw InputError("there is a congestion control " + description.name + " already");
        }
    }
    if (!description.make)
    {
        throw InputError("congestion control " + description.name + " cannot be registered");
    }
    CheckParameterNames("congestion control " + description.name, description.parameters);
    description.type = CongestionControlType::REGISTERED;
    AddNumbered(std::move(description), Controls());
    return Controls().back().type;
}

CongestionControlType ParseCongestionControl(const std::string& name)
{
    std::string names;
    for (const ControlDescription& control : Controls())
    {
        if (name == control.name)
        {
            return control.type;
        }
        names += (names.empty() ? "" : ", ") + control.name;
    }
    throw InputError("unknown congestion control '" + name + "'; there are " + names);
}

std::string CongestionControlName(CongestionControlType type)
{
    return ControlOf(type).name;
}

Telemetry TelemetryOf(CongestionControlType type)
{
    return ControlOf(type).telemetry;
}

std::vector<const Parameter*> AllParameters()
{
    std::vector<const ParameterTable*> tables = {&TransportParameters(), &SwitchParameters()};
    const auto addTablesOf = [&tables](const auto& strategies)
    {
        for (const auto& strategy : strategies)
        {
            for (const ParameterTable* table : strategy.parameters)
            {
                if (std::find(tables.begin(), tables.end(), table) == tables.end())
                {
                    tables.push_back(table);
                }
            }
        }
    };
    addTablesOf(LoadBalancings());
    addTablesOf(Recoveries());
    addTablesOf(Controls());
    std::vector<const Parameter*> parameters;
    for (const ParameterTable* table : tables)
    {
        for (const Parameter& parameter : *table)
        {
            parameters.push_back(&parameter);
        }
    }
    return parameters;
}

void CheckParameterNames(const std::string& owner, const std::vector<const ParameterTable*>& tables)
{
    for (const Parameter* known : AllParameters())
    {
        for (const ParameterTable* table : tables)
        {
            for (const Parameter& added : *table)
            {
                if (&added != known && (added.option == known->option || added.attribute == known->attribute))
                {
                    throw InputError(owner + ": there is a parameter " + added.option + " or " + added.attribute +
                                     " already");
                }
            }
        }
    }
}

} // namespace ns3::m3
