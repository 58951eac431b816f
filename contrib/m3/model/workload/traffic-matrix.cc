// SPDX-License-Identifier: GPL-2.0-only
#include "traffic-matrix.h"

#include "size-distribution.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

namespace ns3::m3
{

namespace
{

/// Pairs of racks for which one sum is kept: memory for thousands of racks, and yet not many to walk when one is drawn.
constexpr std::size_t BLOCK_PAIRS = 16;

} // namespace

TrafficMatrix::TrafficMatrix(const FabricGraph& fabric)
{
    std::map<NodeId, uint32_t> rackOfTor;
    m_rackOf.assign(fabric.NodeCount(), 0);
    for (NodeId host : fabric.Hosts())
    {
        const auto rack = rackOfTor.emplace(fabric.TopOfRack(host), m_racks.size()).first->second;
        m_racks.resize(std::max<std::size_t>(m_racks.size(), rack + 1));
        m_racks[rack].push_back(host);
        m_rackOf[host] = rack;
    }
}

TrafficMatrix::TrafficMatrix(const FabricGraph& fabric, const std::vector<std::vector<double>>& weights)
    : TrafficMatrix(fabric)
{
    const std::size_t racks = m_racks.size();
    if (weights.empty() || weights.size() > racks)
    {
        throw InputError("traffic matrix: has " + std::to_string(weights.size()) + " rows for " +
                         std::to_string(racks) + " racks");
    }
    for (std::size_t r = 0; r < weights.size(); r++)
    {
        const std::string row = "traffic matrix: row " + std::to_string(r);
        if (weights[r].size() != weights.size())
        {
            throw InputError(row + " has " + std::to_string(weights[r].size()) + " entries instead of " +
                             std::to_string(weights.size()));
        }
        for (std::size_t column = 0; column < weights.size(); column++)
        {
            const double weight = weights[r][column];
            if (!(weight >= 0) || !std::isfinite(weight))
            {
                throw InputError(row + ": entry " + std::to_string(column) +
                                 FormatText(" is %g, not a finite number of 0 or more", weight));
            }
        }
    }
    m_weights = weights;
    for (std::size_t rack = 0; rack < racks; rack++)
    {
        m_rowOf.push_back(rack % weights.size());
    }
    Accumulate();
}

TrafficMatrix TrafficMatrix::Uniform(const FabricGraph& fabric)
{
    TrafficMatrix matrix(fabric);
    matrix.Accumulate();
    return matrix;
}

double TrafficMatrix::Weight(std::size_t srcRack, std::size_t dstRack) const
{
    if (m_weights.empty())
    {
        return static_cast<double>(m_racks[srcRack].size() * (m_racks[dstRack].size() - (srcRack == dstRack)));
    }
    const bool canSend = srcRack != dstRack || m_racks[srcRack].size() > 1;
    return canSend ? m_weights[m_rowOf[srcRack]][m_rowOf[dstRack]] : 0;
}

void TrafficMatrix::Accumulate()
{
    const std::size_t racks = m_racks.size();
    m_upTo.reserve(racks * racks / BLOCK_PAIRS + 1);
    std::size_t pairs = 0;
    for (std::size_t src = 0; src < racks; src++)
    {
        for (std::size_t dst = 0; dst < racks; dst++)
        {
            m_total += Weight(src, dst);
            if (++pairs % BLOCK_PAIRS == 0)
            {
                m_upTo.push_back(m_total);
            }
        }
    }
    if (pairs % BLOCK_PAIRS != 0)
    {
        m_upTo.push_back(m_total);
    }
    if (!(m_total > 0))
    {
        throw InputError("traffic matrix: no pair of hosts can send");
    }
    if (!std::isfinite(m_total))
    {
        throw InputError("traffic matrix: the sum of its weights is no finite number; scale them down");
    }
}

std::pair<NodeId, NodeId> TrafficMatrix::Sample(RandomStream& random) const
{
    const double drawn = random.Uniform();
    const auto isBelow = [this, drawn](double upTo) { return !(drawn < upTo / m_total); };
    const auto block = std::partition_point(m_upTo.begin(), m_upTo.end(), isBelow);
    const std::size_t racks = m_racks.size();
    const auto weight = [this, racks](std::size_t pair) { return Weight(pair / racks, pair % racks); };
    std::size_t pair = static_cast<std::size_t>(block - m_upTo.begin()) * BLOCK_PAIRS;
    double upTo = block == m_upTo.begin() ? 0 : *std::prev(block);
    while (pair < racks * racks && isBelow(upTo += weight(pair)))
    {
        pair++;
    }
    pair = std::min(pair, racks * racks - 1);
    while (weight(pair) / m_total == 0) // where rounding leads beyond the last share
    {
        pair--;
    }
    const auto& sources = m_racks[pair / racks];
    const auto& destinations = m_racks[pair % racks];
    const NodeId from = sources[random.Integer(0, sources.size() - 1)];
    if (&sources != &destinations)
    {
        return {from, destinations[random.Integer(0, destinations.size() - 1)]};
    }
    const NodeId other = destinations[random.Integer(0, destinations.size() - 2)];
    return {from, other == from ? destinations.back() : other};
}

std::vector<std::pair<NodeId, double>> TrafficMatrix::SharesTo(NodeId dst) const
{
    std::vector<std::pair<NodeId, double>> shares;
    const uint32_t dstRack = m_rackOf[dst];
    for (std::size_t rack = 0; rack < m_racks.size(); rack++)
    {
        const double share = Weight(rack, dstRack) / m_total;
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
        file = DataFolder() + "/matrix-" + LowerCase(nameOrFile) + ".json";
    }
    std::ifstream stream(file);
    if (!stream)
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    try
    {
        const auto matrix = nlohmann::json::parse(stream);
        const auto& rows = matrix.at("matrix").at("inner");
        for (const auto& row : rows)
        {
            if (!std::all_of(row.begin(), row.end(), [](const auto& entry) { return entry.is_number(); }))
            {
                throw InputError(file, 0, "matrix.inner", "has entries that are no numbers");
            }
        }
        return rows.get<std::vector<std::vector<double>>>();
    }
    catch (const nlohmann::json::exception&)
    {
        throw InputError(file, 0, "matrix.inner", "is not JSON with rows of numbers");
    }
}

} // namespace ns3::m3
