#include "congestion-control.h"

#include "ns3/input-error.h"

namespace ns3::m3
{

namespace
{

/// The registration of every congestion control.
struct Registered
{
    CongestionControlType type;
    const char* name;
    std::unique_ptr<CongestionControl> (*make)(const RdmaConfig&, uint64_t);
};

constexpr Registered CONTROLS[] = {
    {CongestionControlType::DCTCP, "dctcp", MakeDctcp},
    {CongestionControlType::DCQCN, "dcqcn", MakeDcqcn},
    {CongestionControlType::HPCC, "hpcc", MakeHpcc},
    {CongestionControlType::TIMELY, "timely", MakeTimely},
    {CongestionControlType::NONE, "none", nullptr},
};

} // namespace

CongestionControlType ParseCongestionControl(const std::string& name)
{
    std::string names;
    for (const Registered& control : CONTROLS)
    {
        if (name == control.name)
        {
            return control.type;
        }
        names += std::string(names.empty() ? "" : ", ") + control.name;
    }
    throw InputError("unknown congestion control '" + name + "'; there are " + names);
}

std::string CongestionControlName(CongestionControlType type)
{
    for (const Registered& control : CONTROLS)
    {
        if (type == control.type)
        {
            return control.name;
        }
    }
    throw InputError("unknown congestion control " + std::to_string(static_cast<int>(type)));
}

CongestionControlFactory MakeCongestionControlFactory(const RdmaConfig& config)
{
    for (const Registered& control : CONTROLS)
    {
        if (config.congestionControl == control.type && control.make)
        {
            return [&config, make = control.make](uint64_t lineRate) { return make(config, lineRate); };
        }
    }
    return {};
}

} // namespace ns3::m3
