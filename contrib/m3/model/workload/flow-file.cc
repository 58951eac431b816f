#include "flow-file.h"

#include "ns3/link-timing.h"
#include "ns3/text-file.h"

#include <cmath>
#include <iomanip>

namespace ns3::m3
{

namespace
{

constexpr uint64_t LARGEST_SIZE = 1'000'000'000'000'000; // 1 PB
constexpr double LARGEST_SECONDS = 1e9;
constexpr uint32_t PRIORITY = 3; // the HPCC simulator's data class
constexpr uint32_t DPORT = 100;

} // namespace

FlowList ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times)
{
    TextReader reader(file);
    reader.Require("number of flows", 1);
    const uint64_t count = reader.Integer(0, "number of flows", 1, UINT32_MAX - 1);
    FlowList flows;
    flows.reserve(count);
    const auto host = [&](std::size_t field, const char* name)
    {
        const NodeId node = reader.Integer(field, name, 0, UINT32_MAX);
        if (node >= fabric.NodeCount())
        {
            reader.Fail(name, "unknown node " + std::to_string(node));
        }
        if (!fabric.IsHost(node))
        {
            reader.Fail(name, "node " + std::to_string(node) + " is a switch");
        }
        return node;
    };
    for (uint64_t i = 0; i < count; i++)
    {
        reader.Require("flow", 6);
        Flow flow{host(0, "src"), host(1, "dst"), 0, 0};
        if (flow.src == flow.dst)
        {
            reader.Fail("dst", "is the source itself");
        }
        reader.Integer(2, "priority", 0, 7);
        reader.Integer(3, "dport", 0, UINT16_MAX);
        flow.sizeBytes = reader.Integer(4, "size", 1, LARGEST_SIZE);
        if (times == StartTimes::NANOSECONDS)
        {
            flow.startNs = static_cast<int64_t>(reader.Integer(5, "start", 0, INT64_MAX));
        }
        else
        {
            const double seconds = reader.Number(5, "start", 0, LARGEST_SECONDS);
            flow.startNs = times == StartTimes::SECONDS ? std::llround(seconds * 1e9) : HpccSecondsToNs(seconds);
        }
        if (!flows.empty() && flow.startNs < flows.back().startNs)
        {
            reader.Fail("start", "earlier than that of the flow before; sort the file by start");
        }
        flows.push_back(flow);
    }
    if (reader.Next())
    {
        reader.Fail("flow", "more flows than the first line says");
    }
    return flows;
}

void WriteFlowFile(const FlowList& flows, const std::string& file, StartTimes times)
{
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       out << flows.size() << '\n';
                       for (const Flow& flow : flows)
                       {
                           out << flow.src << ' ' << flow.dst << ' ' << PRIORITY << ' ' << DPORT << ' '
                               << flow.sizeBytes << ' ';
                           if (times == StartTimes::NANOSECONDS)
                           {
                               out << flow.startNs << '\n';
                           }
                           else
                           {
                               out << flow.startNs / 1'000'000'000 << '.' << std::setw(9) << std::setfill('0')
                                   << flow.startNs % 1'000'000'000 << '\n';
                           }
                       }
                   });
}

} // namespace ns3::m3
