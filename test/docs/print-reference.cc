// SPDX-License-Identifier: GPL-2.0-only
// Prints what docs/reference.md has beside the options of programs: parameters, attributes, trace sources, formats.
// scripts/reference makes the page of it.
#include "config/parameter-row.h"
#include "fabric/topology-formats.h"
#include "report/report-formats.h"
#include "workload/flow-formats.h"

#include "ns3/m3-rdma-net-device.h"
#include "ns3/m3-rdma-network.h"

#include <iostream>
#include <set>

using namespace ns3;
using namespace ns3::m3;

namespace
{

/// Prints the attributes of a type, without those that are parameters.
void PrintAttributes(const TypeId& type)
{
    std::set<std::string> parameters;
    for (const Parameter* parameter : AllParameters())
    {
        parameters.insert(parameter->attribute);
    }
    std::cout << "\n| attribute of `" << type.GetName() << "` | default | what it is |\n|---|---|---|\n";
    for (std::size_t i = 0; i < type.GetAttributeN(); i++)
    {
        const TypeId::AttributeInformation attribute = type.GetAttribute(i);
        if (parameters.count(attribute.name) == 0)
        {
            std::cout << "| `" << attribute.name << "` | "
                      << attribute.initialValue->SerializeToString(attribute.checker) << " | " << attribute.help
                      << " |\n";
        }
    }
}

void PrintTraceSources(const TypeId& type)
{
    std::cout << "\n| trace source of `" << type.GetName() << "` | what it is |\n|---|---|\n";
    for (std::size_t i = 0; i < type.GetTraceSourceN(); i++)
    {
        const TypeId::TraceSourceInformation source = type.GetTraceSource(i);
        std::cout << "| `" << source.name << "` | " << source.help << " |\n";
    }
}

std::string KnownBy(std::string_view firstWord, std::string_view ending)
{
    return !firstWord.empty() ? "first word `" + std::string(firstWord) + "`"
           : !ending.empty()  ? "names that end in `" + std::string(ending) + "`"
                              : "all other files";
}

void PrintFormats()
{
    std::cout << "\n| files that are read | format | known by |\n|---|---|---|\n";
    for (const auto& format : TOPOLOGY_FORMATS)
    {
        std::cout << "| topology | " << format.text << " | " << KnownBy("", format.ending) << " |\n";
    }
    for (const TrafficFormat& format : TRAFFIC_FORMATS)
    {
        std::cout << "| flows | " << format.text << " | " << KnownBy(format.firstWord, format.ending) << " |\n";
    }
    std::cout << "\nReports are written as ";
    for (const ReportFormat& format : REPORT_FORMATS)
    {
        std::cout << (&format == REPORT_FORMATS ? "" : ", ") << '`' << format.file << '`';
    }
    std::cout << ".\n";
}

} // namespace

int main()
{
    std::cout << "| option | attribute | key | default | what it is |\n|---|---|---|---|---|\n";
    for (const Parameter* parameter : AllParameters())
    {
        std::cout << ParameterRow(*parameter) << '\n';
    }
    std::cout << "\n## Attributes and trace sources\n";
    PrintAttributes(RdmaNetwork::GetTypeId());
    PrintAttributes(RdmaNetDevice::GetTypeId());
    PrintTraceSources(RdmaNetwork::GetTypeId());
    std::cout << "\n## Formats\n[file-formats.md](file-formats.md) describes each.\n";
    PrintFormats();
}
