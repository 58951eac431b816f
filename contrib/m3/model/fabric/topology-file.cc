#include "topology-file.h"

#include "input-error.h"
#include "text-file.h"

#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

/// "10Gbps" to its number and unit. \return whether there is a number
bool SplitUnit(const std::string& text, double& number, std::string& unit)
{
    char* end = nullptr;
    number = std::strtod(text.c_str(), &end);
    unit = end;
    return end != text.c_str() && std::isfinite(number);
}

int64_t ParseDelay(const TextReader& reader, std::size_t field)
{
    double number = 0;
    std::string unit;
    const std::string& text = reader.Text(field);
    if (SplitUnit(text, number, unit) && number >= 0)
    {
        for (const auto& [name, ns] : {std::pair("ns", 1.0), {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}})
        {
            if (unit == name && number * ns < 9e18)
            {
                return std::llround(number * ns);
            }
        }
    }
    reader.Fail("delay", "'" + text + "' is not a time such as 1000ns, 1us, 0.001ms");
}

} // namespace

uint64_t ParseRate(const std::string& text)
{
    double number = 0;
    std::string unit;
    if (SplitUnit(text, number, unit) && number > 0)
    {
        if (unit.size() >= 3 && (unit.substr(unit.size() - 3) == "bps" || unit.substr(unit.size() - 3) == "b/s"))
        {
            unit.resize(unit.size() - 3);
        }
        else if (!unit.empty())
        {
            unit = "?";
        }
        for (const auto& [name, factor] :
             {std::pair("", 1.0), {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}})
        {
            if (unit == name && number * factor >= 1 && number * factor < 1e18)
            {
                return std::llround(number * factor);
            }
        }
    }
    throw InputError("'" + text + "' is not a rate above 0 such as 10Gbps, 615Mb/s");
}

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
        uint64_t rate = 0;
        try
        {
            rate = ParseRate(reader.Text(2));
        }
        catch (const InputError& error)
        {
            reader.Fail("rate", error.what());
        }
        const int64_t delayNs = ParseDelay(reader, 3);
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
