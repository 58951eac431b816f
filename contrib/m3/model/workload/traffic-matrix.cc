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
#include <iterator>
#include <limits>
#include <map>

namespace ns3::m3
{
namespace
{

/// \throws InputError unless a weight is a finite number of 0 or more
void CheckWeight(const std::string& what, double weight)
{
    if (!(weight >= 0) || !std::isfinite(weight))
    {
        throw InputError(what + FormatText(" is %g, not a finite number of 0 or more", weight));
    }
}

} // namespace

TrafficMatrix::TrafficMatrix(const FabricGraph& fabric)
{
    std::map<NodeId, uint32_t> rackOfTor;
    for (NodeId host : fabric.Hosts())
    {
        const auto rack = rackOfTor.emplace(fabric.TopOfRack(host), m_racks.size()).first->second;
        m_racks.resize(std::max<std::size_t>(m_racks.size(), rack + 1));
        m_racks[rack].push_back(host);
    }
}

TrafficMatrix::TrafficMatrix(const FabricGraph& fabric,
                             const std::vector<std::vector<double>>& weights,
                             const RackBlocks& blocks)
    : TrafficMatrix(fabric)
{
    const std::size_t racks = m_racks.size();
    if (blocks.racksPerRow < 1)
    {
        throw InputError("traffic matrix: racks per row must be at least 1");
    }
    if (weights.empty() || weights.size() > racks / blocks.racksPerRow)
    {
        throw InputError("traffic matrix: has " + std::to_string(weights.size()) + " rows " +
                         (blocks.racksPerRow > 1 ? "of " + std::to_string(blocks.racksPerRow) + " racks each " : "") +
                         "for " + std::to_string(racks) + " racks");
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
            CheckWeight(row + ": entry " + std::to_string(column), weights[r][column]);
        }
    }
    CheckWeight("traffic matrix: the weight of a rack with itself", blocks.sameRack.value_or(0));
    m_weights = weights;
    m_blocks = blocks;
    AccumulateRows();
    Accumulate();
}

TrafficMatrix TrafficMatrix::Uniform(const FabricGraph& fabric)
{
    TrafficMatrix matrix(fabric);
    matrix.m_hostsOfFirst.push_back(0);
    for (const std::vector<NodeId>& rack : matrix.m_racks)
    {
        matrix.m_hostsOfFirst.push_back(matrix.m_hostsOfFirst.back() + static_cast<double>(rack.size()));
    }
    matrix.Accumulate();
    return matrix;
}

double TrafficMatrix::Weight(std::size_t srcRack, std::size_t dstRack) const
{
    if (m_weights.empty())
    {
        return static_cast<double>(m_racks[srcRack].size() * (m_racks[dstRack].size() - (srcRack == dstRack)));
    }
    if (srcRack != dstRack)
    {
        return m_weights[RowOf(srcRack)][RowOf(dstRack)];
    }
    return m_racks[srcRack].size() > 1 ? m_blocks.sameRack.value_or(m_weights[RowOf(srcRack)][RowOf(srcRack)]) : 0;
}

void TrafficMatrix::AccumulateRows()
{
    for (const std::vector<double>& row : m_weights)
    {
        m_ofFirst.emplace_back(1, 0);
        for (const double weight : row)
        {
            m_ofFirst.back().push_back(m_ofFirst.back().back() + weight);
        }
    }
}

void TrafficMatrix::Accumulate()
{
    for (std::size_t src = 0; src < m_racks.size(); src++)
    {
        for (std::size_t dst = 0; dst < m_racks.size(); dst++)
        {
            m_total += Weight(src, dst);
        }
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

double TrafficMatrix::WeightOfFirst(std::size_t srcRack, std::size_t count) const
{
    const bool hasOwn = count > srcRack;
    if (m_weights.empty())
    {
        return static_cast<double>(m_racks[srcRack].size()) * (m_hostsOfFirst[count] - hasOwn);
    }
    // whole rounds of all columns, whole columns, the racks of one more
    const std::size_t row = RowOf(srcRack);
    const std::size_t perColumn = m_blocks.racksPerRow;
    const std::size_t perRound = perColumn * m_weights.size();
    const std::size_t column = count % perRound / perColumn;
    const double ofFirst = static_cast<double>(count / perRound * perColumn) * m_ofFirst[row].back() +
                           static_cast<double>(perColumn) * m_ofFirst[row][column] +
                           static_cast<double>(count % perColumn) * m_weights[row][column];
    return hasOwn ? ofFirst + (Weight(srcRack, srcRack) - m_weights[row][row]) : ofFirst;
}

std::size_t TrafficMatrix::DestinationAt(std::size_t srcRack, double drawn) const
{
    const double before = srcRack == 0 ? 0 : m_upTo[srcRack - 1];
    std::size_t first = 0;
    for (std::size_t end = m_racks.size() - 1; first < end;)
    {
        const std::size_t middle = (first + end) / 2;
        const bool isBelow = !(drawn < (before + WeightOfFirst(srcRack, middle + 1)) / m_total);
        isBelow ? first = middle + 1 : end = middle;
    }
    // where rounding leads to a rack without a share
    const auto hasShare = [&](std::size_t rack) { return Weight(srcRack, rack) / m_total > 0; };
    while (first > 0 && !hasShare(first))
    {
        first--;
    }
    while (first + 1 < m_racks.size() && !hasShare(first))
    {
        first++;
    }
    return first;
}

std::pair<NodeId, NodeId> TrafficMatrix::Sample(RandomStream& random) const
{
    const double drawn = random.Uniform();
    const auto isBelow = [this, drawn](double upTo) { return !(drawn < upTo / m_total); };
    const auto row = std::partition_point(m_upTo.begin(), std::prev(m_upTo.end()), isBelow);
    const auto srcRack = static_cast<std::size_t>(row - m_upTo.begin());
    const auto& sources = m_racks[srcRack];
    const auto& destinations = m_racks[DestinationAt(srcRack, drawn)];
    const NodeId from = sources[random.Integer(0, sources.size() - 1)];
    if (&sources != &destinations)
    {
        return {from, destinations[random.Integer(0, destinations.size() - 1)]};
    }
    const NodeId other = destinations[random.Integer(0, destinations.size() - 2)];
    return {from, other == from ? destinations.back() : other};
}

double TrafficMatrix::ShareOfHosts(std::size_t srcRack, std::size_t dstRack) const
{
    const std::size_t pairs = m_racks[srcRack].size() * (m_racks[dstRack].size() - (srcRack == dstRack));
    return Weight(srcRack, dstRack) / m_total / static_cast<double>(pairs);
}

namespace
{

/// Reads how the rows of a matrix are those of racks. \throws InputError
RackBlocks BlocksOf(const nlohmann::json& matrix, const std::string& file)
{
    RackBlocks blocks;
    if (const auto racks = matrix.find("racks_per_row"); racks != matrix.end())
    {
        if (!racks->is_number_unsigned() || *racks < 1 || *racks > std::numeric_limits<uint32_t>::max())
        {
            throw InputError(file, 0, "matrix.racks_per_row", "is not a whole number from 1 to 4294967295");
        }
        blocks.racksPerRow = racks->get<uint32_t>();
    }
    if (const auto same = matrix.find("same_rack"); same != matrix.end())
    {
        if (!same->is_number())
        {
            throw InputError(file, 0, "matrix.same_rack", "is not a number");
        }
        blocks.sameRack = same->get<double>();
    }
    return blocks;
}

} // namespace

RackWeights ReadRackWeights(const std::string& nameOrFile)
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
        const auto json = nlohmann::json::parse(stream);
        const auto& matrix = json.at("matrix");
        const auto& rows = matrix.at("inner");
        for (const auto& row : rows)
        {
            if (!std::all_of(row.begin(), row.end(), [](const auto& entry) { return entry.is_number(); }))
            {
                throw InputError(file, 0, "matrix.inner", "has entries that are no numbers");
            }
        }
        return {rows.get<std::vector<std::vector<double>>>(), BlocksOf(matrix, file)};
    }
    catch (const nlohmann::json::exception&)
    {
        throw InputError(file, 0, "matrix.inner", "is not JSON with rows of numbers");
    }
}

} // namespace ns3::m3
