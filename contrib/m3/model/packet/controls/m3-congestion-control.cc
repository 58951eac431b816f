// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-congestion-control.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <vector>

namespace ns3::m3
{

namespace
{

/// A control that can be asked for.
struct Registered
{
    CongestionControlType type;
    std::string name;
    CongestionControlMaker make; //!< empty: no reaction
    Telemetry telemetry;
};

std::vector<Registered>& Controls()
{
    static std::vector<Registered> controls = {
        {CongestionControlType::DCTCP, "dctcp", MakeDctcp, Telemetry::NONE},
        {CongestionControlType::DCQCN, "dcqcn", MakeDcqcn, Telemetry::NONE},
        {CongestionControlType::HPCC, "hpcc", MakeHpcc, Telemetry::HOPS},
        {CongestionControlType::HPCC_PINT, "hpcc-pint", MakeHpccPint, Telemetry::PINT},
        {CongestionControlType::TIMELY, "timely", MakeTimely, Telemetry::TIME_STAMP},
        {CongestionControlType::NONE, "none", {}, Telemetry::NONE},
    };
    return controls;
}

const Registered& ControlOf(CongestionControlType type)
{
    const auto& controls = Controls();
    const auto found = std::find_if(controls.begin(),
                                    controls.end(),
                                    [type](const Registered& control) { return control.type == type; });
    if (found == controls.end())
    {
        throw InputError("unknown congestion control " + std::to_string(static_cast<int>(type)));
    }
    return *found;
}

} // namespace

CongestionControlType
RegisterCongestionControl(const std::string& name, CongestionControlMaker make, Telemetry telemetry)
{
    auto& controls = Controls();
    std::size_t type = static_cast<std::size_t>(CongestionControlType::REGISTERED);
    for (const Registered& control : controls)
    {
        if (control.name == name)
        {
            throw InputError("there is a congestion control " + name + " already");
        }
        type += control.type >= CongestionControlType::REGISTERED;
    }
    if (!make || type > UINT8_MAX)
    {
        throw InputError("congestion control " + name + " cannot be registered");
    }
    controls.push_back({static_cast<CongestionControlType>(type), name, std::move(make), telemetry});
    return controls.back().type;
}

CongestionControlType ParseCongestionControl(const std::string& name)
{
    std::string names;
    for (const Registered& control : Controls())
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

CongestionControlFactory MakeCongestionControlFactory(const RdmaConfig& config)
{
    const CongestionControlMaker& make = ControlOf(config.congestionControl).make;
    if (!make)
    {
        return {};
    }
    return [&config, make](uint64_t lineRate) { return make(config, lineRate); };
}

} // namespace ns3::m3
