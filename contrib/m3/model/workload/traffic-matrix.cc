#include "traffic-matrix.h"

#include "size-distribution.h"

#include "ns3/input-error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

namespace ns3::m3
{

TrafficMatrix::TrafficMatrix(const FabricGraph& fabric, const std::vector<std::vector<double>>& weights)
{
    std::map<NodeId, uint32_t> rackOfTor;
    m_rackOf.assign(fabric.NodeCount(), 0);
    for (NodeId host : fabric.Hosts())
    {
        if (fabric.EgressLinks(host).empty())
        {
            throw InputError("host " + std::to_string(host) + " has no link");
        }
        const auto rack = rackOfTor.emplace(fabric.TopOfRack(host), m_racks.size()).first->second;
        m_racks.resize(std::max<std::size_t>(m_racks.size(), rack + 1));
        m_racks[rack].push_back(host);
        m_rackOf[host] = rack;
    }
    const std::size_t racks = m_racks.size();
    if (weights.empty() || weights.size() > racks)
    {
        throw InputError("traffic matrix: has " + std::to_string(weights.size()) + " rows for " +
                         std::to_string(racks) + " racks");
    }
    m_share.assign(racks * racks, 0);
    for (std::size_t src = 0; src < racks; src++)
    {
        const auto& row = weights[src % weights.size()];
        if (row.size() != weights.size())
        {
            throw InputError("traffic matrix: row " + std::to_string(src % weights.size()) + " has " +
                             std::to_string(row.size()) + " entries instead of " + std::to_string(weights.size()));
        }
        for (std::size_t dst = 0; dst < racks; dst++)
        {
            const double weight = row[dst % weights.size()];
            if (!(weight >= 0) || !std::isfinite(weight))
            {
                throw InputError("traffic matrix: row " + std::to_string(src % weights.size()) +
                                 ": an entry is not a finite number of 0 or more");
            }
            const bool canSend = src != dst || m_racks[src].size() > 1;
            m_share[src * racks + dst] = canSend ? weight : 0;
        }
    }
    Accumulate();
}

TrafficMatrix TrafficMatrix::Uniform(const FabricGraph& fabric)
{
    TrafficMatrix matrix(fabric, {{1}});
    const std::size_t racks = matrix.m_racks.size();
    for (std::size_t src = 0; src < racks; src++)
    {
        for (std::size_t dst = 0; dst < racks; dst++)
        {
            matrix.m_share[src * racks + dst] =
                static_cast<double>(matrix.m_racks[src].size() * (matrix.m_racks[dst].size() - (src == dst)));
        }
    }
    matrix.Accumulate();
    return matrix;
}

void TrafficMatrix::Accumulate()
{
    double total = 0;
    m_upTo.clear();
    for (double share : m_share)
    {
        total += share;
        m_upTo.push_back(total);
    }
    if (!(total > 0))
    {
        throw InputError("traffic matrix: no pair of hosts can send");
    }
    for (std::size_t i = 0; i < m_share.size(); i++)
    {
        m_share[i] /= total;
        m_upTo[i] /= total;
    }
}

std::pair<NodeId, NodeId> TrafficMatrix::Sample(RandomStream& random) const
{
    std::size_t pair = std::upper_bound(m_upTo.begin(), m_upTo.end(), random.Uniform()) - m_upTo.begin();
    for (pair = std::min(pair, m_share.size() - 1); m_share[pair] == 0; pair--) // rounding beyond the last share
    {
    }
    const auto& sources = m_racks[pair / m_racks.size()];
    const auto& destinations = m_racks[pair % m_racks.size()];
    const NodeId src = sources[random.Integer(0, sources.size() - 1)];
    if (&sources != &destinations)
    {
        return {src, destinations[random.Integer(0, destinations.size() - 1)]};
    }
    const NodeId other = destinations[random.Integer(0, destinations.size() - 2)];
    return {src, other == src ? destinations.back() : other};
}

std::vector<std::pair<NodeId, double>> TrafficMatrix::SharesTo(NodeId dst) const
{
    std::vector<std::pair<NodeId, double>> shares;
    const uint32_t dstRack = m_rackOf[dst];
    for (std::size_t rack = 0; rack < m_racks.size(); rack++)
    {
        const double share = m_share[rack * m_racks.size() + dstRack];
        const std::size_t pairs = m_racks[rack].size() * (m_racks[dstRack].size() - (rack == dstRack));
        for (NodeId src : m_racks[rack])
        {
            if (share > 0 && src != dst)
            {
                shares.emplace_back(src, share / static_cast<double>(pairs));
            }
        }
    }
    return shares;
}

std::vector<std::vector<double>> ReadRackWeights(const std::string& nameOrFile)
{
    std::string file = nameOrFile;
    if (!std::filesystem::exists(file))
    {
        if (nameOrFile.size() != 1 || std::string("ABCabc").find(nameOrFile) == std::string::npos)
        {
            throw InputError("matrix '" + nameOrFile + "': no such file; there are uniform, A, B, C and JSON files");
        }
        file = DataFolder() + "/matrix-" + static_cast<char>(std::tolower(nameOrFile[0])) + ".json";
    }
    std::ifstream stream(file);
    if (!stream)
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    try
    {
        return nlohmann::json::parse(stream).at("matrix").at("inner").get<std::vector<std::vector<double>>>();
    }
    catch (const nlohmann::json::exception&)
    {
        throw InputError(file, 0, "matrix.inner", "is not JSON with rows of numbers");
    }
}

} // namespace ns3::m3
