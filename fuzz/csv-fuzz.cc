// SPDX-License-Identifier: GPL-2.0-only
// ReadFlowFile and ReadFlowLabels of CSV files: flows on 8 hosts around a switch, and labels of a column.
#include "traffic.h"

#include "workload/label-file.h"

#include <fstream>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const FabricGraph fabric = EightHosts();
    static const RouteTable routes(fabric, EngineMode::STANDARD);
    static const std::string file = OutputFolder() / "flows.csv";
    std::ofstream(file, std::ios::binary) << TextOf(data, size);
    std::size_t flows = 2;
    const bool hasFlows = IsRead(
        [&]
        {
            const FlowList list = ReadFlowFile(file, fabric, StartTimes::SECONDS);
            Require(!list.empty(), "a file has flows");
            CheckFlows(fabric, routes, list);
            flows = list.size();
        });
    const bool hasLabels = IsRead(
        [&]
        {
            const FlowLabels labels = ReadFlowLabels(file + ":tenant", flows);
            for (const uint32_t label : labels.ofFlow)
            {
                Require(label < labels.labels.size() && !labels.labels[label].name.empty(), "a label has a name");
            }
        });
    return hasFlows || hasLabels;
}

} // namespace ns3::m3
