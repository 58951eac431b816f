// SPDX-License-Identifier: GPL-2.0-only
// Topologies in the HPCC simulator's format: `nodes switches links`, the ids of the switches, then a line per link:
// `a b rate delay error_rate`, as in `0 16 10Gbps 1000ns 0`. Rates: bps, Kbps, Mbps, Gbps, Tbps (also Mb/s ...);
// delays: ns, us, ms, s. Nodes that are no switch are hosts. Other headers of that family are read, too: SimAI's `nodes
// gpus_per_server nvswitches switches links gpu_type`, after which the ids of its NVSwitches precede those of the
// others, and `nodes switches tors links`. Of our own: among the ids of switches, `5h` is a host that forwards, and
// `10Gbps:40Gbps` are the rates from a to b and from b to a. What follows the links that the header counts is ignored,
// with a note.
#include "topology-file.h"
#include "topology-formats.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr uint64_t MANY = 100'000'000;
constexpr uint64_t FEW = 10'000; // nodes whose memory nobody misses
constexpr std::size_t LINK_FIELDS = 5;

struct TopologyHeader
{
    uint64_t nodes;
    uint64_t switches;
    uint64_t links;
    uint64_t serverSwitches = 0; //!< of the switches: the first
};

TopologyHeader ReadHeader(TextReader& reader)
{
    constexpr std::size_t PLAIN = 3;
    constexpr std::size_t WITH_TORS = 4;
    constexpr std::size_t SIMAI = 6;
    constexpr uint64_t SHORTEST_LINK = 9; // characters: 0 1 1 0 0
    if (!reader.Next())
    {
        reader.Fail("header", "missing, the file ends here");
    }
    const std::size_t fields = reader.Fields();
    if (fields != PLAIN && fields != WITH_TORS && fields != SIMAI)
    {
        reader.Fail("header",
                    "has " + std::to_string(fields) + (fields == 1 ? " field" : " fields") +
                        "; there are headers of 3 (nodes switches links), 4 (nodes switches tors links) and 6 "
                        "(nodes gpus_per_server nvswitches switches links gpu_type)");
    }
    TopologyHeader header{reader.Integer(0, "nodes", 2, MANY), 0, 0};
    if (header.nodes > FEW)
    {
        reader.Count(0, "nodes", 2, MANY, 1);
    }
    if (fields == SIMAI)
    {
        reader.Integer(1, "gpus_per_server", 1, header.nodes);
        header.serverSwitches = reader.Integer(2, "nvswitches", 0, header.nodes);
        header.switches = header.serverSwitches + reader.Integer(3, "switches", 0, header.nodes);
        if (header.switches > header.nodes)
        {
            reader.Fail("switches", "more than there are nodes");
        }
    }
    else
    {
        header.switches = reader.Integer(1, "switches", 0, header.nodes);
        if (fields == WITH_TORS)
        {
            reader.Integer(2, "tors", 0, header.switches);
        }
    }
    const std::size_t links = fields == SIMAI ? 4 : fields - 1;
    header.links = reader.Count(links, "links", 1, MANY, SHORTEST_LINK);
    return header;
}

/// Whether a line is of a link and not of ids: a link's delay has a unit, an id no more than an h.
bool IsLink(const TextReader& reader)
{
    constexpr std::size_t DELAY = 3;
    if (reader.Fields() != LINK_FIELDS)
    {
        return false;
    }
    const std::size_t unit = reader.Text(DELAY).find_first_not_of("0123456789");
    return unit != std::string::npos && reader.Text(DELAY).substr(unit) != "h";
}

/// The id of a host that forwards. \param text the id and an h
uint64_t HostId(const TextReader& reader, const std::string& text, const TopologyHeader& header)
{
    try
    {
        return ParseUnsigned("host that forwards", text.substr(0, text.size() - 1), 0, header.nodes - 1);
    }
    catch (const InputError& error)
    {
        reader.Fail("switch", error.what());
    }
}

/// The rates of a link there and back.
std::pair<uint64_t, uint64_t> ReadRates(const TextReader& reader, std::size_t field)
{
    const std::string text(reader.Text(field));
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos)
    {
        const uint64_t rate = reader.Rate(field, "rate");
        return {rate, rate};
    }
    try
    {
        return {ParseRate("rate", text.substr(0, colon)), ParseRate("rate back", text.substr(colon + 1))};
    }
    catch (const InputError& error)
    {
        reader.Fail("link", error.what());
    }
}

/// Adds the nodes that the header counts.
void ReadNodes(TextReader& reader, const TopologyHeader& header, FabricGraph& fabric)
{
    std::vector<NodeKind> kinds(header.nodes, NodeKind::HOST);
    std::vector<NodeId> serverSwitches;
    for (uint64_t read = 0; read < header.switches;)
    {
        if (!reader.Next() || IsLink(reader))
        {
            reader.Fail("switches",
                        "the header says " + std::to_string(header.switches) + ", here are the ids of only " +
                            std::to_string(read));
        }
        for (std::size_t i = 0; i < reader.Fields(); i++, read++)
        {
            const std::string text(reader.Text(i));
            const bool isHost = text.size() > 1 && text.back() == 'h';
            const uint64_t id =
                isHost ? HostId(reader, text, header) : reader.Integer(i, "switch", 0, header.nodes - 1);
            if (read >= header.switches)
            {
                reader.Fail("switch", "more ids than the " + std::to_string(header.switches) + " of the header");
            }
            if (kinds[id] != NodeKind::HOST)
            {
                reader.Fail("switch", "id " + std::to_string(id) + " is there twice");
            }
            kinds[id] = isHost ? NodeKind::FORWARDING_HOST : NodeKind::SWITCH;
            if (read < header.serverSwitches && !isHost)
            {
                serverSwitches.push_back(static_cast<NodeId>(id));
            }
        }
    }
    for (const NodeKind kind : kinds)
    {
        fabric.AddNode(kind);
    }
    for (const NodeId node : serverSwitches)
    {
        fabric.SetServerSwitch(node);
    }
}

void ReadLink(TextReader& reader, FabricGraph& fabric)
{
    const NodeId a = reader.Integer(0, "a", 0, fabric.NodeCount() - 1);
    const NodeId b = reader.Integer(1, "b", 0, fabric.NodeCount() - 1);
    const auto [rate, back] = ReadRates(reader, 2);
    const int64_t delayNs = reader.TimeNs(3, "delay");
    const double errorRate = reader.Number(4, "error_rate", 0, 1);
    try
    {
        fabric.AddLink(a, b, rate, delayNs, errorRate, back);
    }
    catch (const InputError& error)
    {
        reader.Fail("link", error.what());
    }
}

/// Writes the header and the ids of all nodes that forward. NVSwitches, which come first, need SimAI's header.
void WriteNodes(const FabricGraph& fabric, std::ostream& out)
{
    std::string ids;
    uint32_t serverSwitches = 0;
    uint32_t others = 0;
    std::size_t hosts = 0; // at most, of an NVSwitch
    for (const bool ofServers : {true, false})
    {
        for (NodeId node = 0; node < fabric.NodeCount(); node++)
        {
            if (fabric.Forwards(node) && fabric.IsServerSwitch(node) == ofServers)
            {
                (ofServers ? serverSwitches : others)++;
                hosts = std::max(hosts, ofServers ? fabric.EgressLinks(node).size() : 0);
                ids += (ids.empty() ? "" : " ") + std::to_string(node) + (fabric.IsHost(node) ? "h" : "");
            }
        }
    }
    out << fabric.NodeCount() << ' ';
    if (serverSwitches > 0)
    {
        const std::size_t perServer = std::clamp<std::size_t>(hosts, 1, fabric.NodeCount());
        out << perServer << ' ' << serverSwitches << ' ' << others << ' ' << fabric.LinkCount() / 2 << " GPU\n";
    }
    else
    {
        out << others << ' ' << fabric.LinkCount() / 2 << '\n';
    }
    out << ids << '\n';
}

} // namespace

FabricGraph ReadHpccTopology(const std::string& file, InputNotes* notes)
{
    TextReader reader(file);
    const TopologyHeader header = ReadHeader(reader);
    FabricGraph fabric;
    ReadNodes(reader, header, fabric);
    for (uint64_t i = 0; i < header.links; i++)
    {
        if (!reader.Next())
        {
            reader.Fail("links",
                        "the header says " + std::to_string(header.links) + ", the file has " + std::to_string(i));
        }
        if (reader.Fields() != LINK_FIELDS)
        {
            reader.Fail("link", "has " + std::to_string(reader.Fields()) + " fields instead of 5");
        }
        ReadLink(reader, fabric);
    }
    reader.End(notes, "the " + std::to_string(header.links) + " links that the header counts");
    return fabric;
}

void WriteTopologyFile(const FabricGraph& fabric, const std::string& file)
{
    WriteWholeFile(file,
                   [&fabric](std::ostream& out)
                   {
                       WriteNodes(fabric, out);
                       for (LinkId id = 0; id < fabric.LinkCount(); id += 2)
                       {
                           const FabricLink& link = fabric.Link(id);
                           out << link.from << ' ' << link.to << ' ' << link.bitsPerSecond << "bps";
                           if (const uint64_t back = fabric.Link(ReverseLink(id)).bitsPerSecond;
                               back != link.bitsPerSecond)
                           {
                               out << ':' << back << "bps";
                           }
                           out << ' ' << link.delayNs << "ns " << ExactText(link.errorRate) << '\n';
                       }
                   });
}

} // namespace ns3::m3
