#include "topology-file.h"

#include "ns3/input-error.h"
#include "ns3/text-file.h"

#include <utility>
#include <vector>

namespace ns3::m3
{

FabricGraph ReadTopologyFile(const std::string& file)
{
    TextReader reader(file);
    reader.Require("header", 3);
    constexpr uint64_t MANY = 100'000'000;
    const uint64_t nodes = reader.Integer(0, "nodes", 2, MANY);
    const uint64_t switches = reader.Integer(1, "switches", 0, nodes);
    const uint64_t links = reader.Integer(2, "links", 1, MANY);

    std::vector<NodeKind> kinds(nodes, NodeKind::HOST);
    for (uint64_t read = 0; read < switches;)
    {
        if (!reader.Next())
        {
            reader.Fail("switches", "the file ends before the ids of all switches");
        }
        for (std::size_t i = 0; i < reader.Fields(); i++, read++)
        {
            const uint64_t id = reader.Integer(i, "switch", 0, nodes - 1);
            if (read >= switches)
            {
                reader.Fail("switch", "more ids than the header says");
            }
            if (kinds[id] == NodeKind::SWITCH)
            {
                reader.Fail("switch", "id " + std::to_string(id) + " is there twice");
            }
            kinds[id] = NodeKind::SWITCH;
        }
    }
    FabricGraph fabric;
    for (NodeKind kind : kinds)
    {
        fabric.AddNode(kind);
    }
    for (uint64_t i = 0; i < links; i++)
    {
        reader.Require("link", 5);
        const NodeId a = reader.Integer(0, "a", 0, nodes - 1);
        const NodeId b = reader.Integer(1, "b", 0, nodes - 1);
        const uint64_t rate = reader.Rate(2, "rate");
        const int64_t delayNs = reader.TimeNs(3, "delay");
        const double errorRate = reader.Number(4, "error_rate", 0, 1);
        try
        {
            fabric.AddLink(a, b, rate, delayNs, errorRate);
        }
        catch (const InputError& error)
        {
            reader.Fail("link", error.what());
        }
    }
    if (reader.Next())
    {
        reader.Fail("link", "more links than the header says");
    }
    return fabric;
}

void WriteTopologyFile(const FabricGraph& fabric, const std::string& file)
{
    WriteWholeFile(file,
                   [&fabric](std::ostream& out)
                   {
                       const uint32_t nodes = fabric.NodeCount();
                       out << nodes << ' ' << nodes - fabric.Hosts().size() << ' ' << fabric.LinkCount() / 2 << '\n';
                       const char* separator = "";
                       for (NodeId node = 0; node < nodes; node++)
                       {
                           if (!fabric.IsHost(node))
                           {
                               out << std::exchange(separator, " ") << node;
                           }
                       }
                       out << '\n';
                       for (LinkId id = 0; id < fabric.LinkCount(); id += 2)
                       {
                           const FabricLink& link = fabric.Link(id);
                           out << link.from << ' ' << link.to << ' ' << link.bitsPerSecond << "bps " << link.delayNs
                               << "ns " << link.errorRate << '\n';
                       }
                   });
}

} // namespace ns3::m3
