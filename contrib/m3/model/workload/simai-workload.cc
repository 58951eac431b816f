// SPDX-License-Identifier: GPL-2.0-only
// SimAI's workloads: a header with the sizes of groups, the number of layers, and twelve fields per layer
// (docs/file-formats.md). All ranks go forward through the layers, computing and then waiting for a collective, and
// back. Rank r is host r of the network, in the order of its hosts. Steps are timed as SimaiTiming() says.
#include "flow-formats.h"

#include "core/text-format.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-collectives.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr uint64_t SMALLEST_COLLECTIVE = 4096; // smaller ones, but not none, have this size
constexpr uint64_t BROADCAST_CHUNK = 131'072;
constexpr uint32_t MAX_BROADCAST_CHUNKS = 16;
constexpr double MAX_WORKLOAD_FLOWS = 1e8;

/// A collective of a layer.
struct LayerCollective
{
    std::optional<CollectiveType> type; //!< none: NONE
    uint64_t bytes = 0;
    std::string suffix; //!< "", "EP" or "DP_EP"
};

/// A layer.
struct Layer
{
    std::string name;
    int64_t forwardNs;
    LayerCollective forward;
    int64_t inputNs;
    LayerCollective input;
    int64_t weightNs;
    LayerCollective weight;
    int64_t updateNs;
};

/// The switch behind the fastest link of a host, one host of which stands for its server.
NodeId ServerOf(const FabricGraph& fabric, NodeId host)
{
    uint64_t fastest = 0;
    NodeId server = host;
    for (const LinkId link : fabric.EgressLinks(host))
    {
        if (fabric.Link(link).bitsPerSecond > fastest)
        {
            fastest = fabric.Link(link).bitsPerSecond;
            server = fabric.Link(link).to;
        }
    }
    return server;
}

/// Ranks of each server, where those of a server follow each other and all servers have as many; else 1.
uint32_t RanksPerServer(const FabricGraph& fabric, const std::vector<NodeId>& ranks)
{
    std::vector<uint32_t> counts;
    std::set<NodeId> seen;
    for (std::size_t i = 0; i < ranks.size(); i++)
    {
        const NodeId server = ServerOf(fabric, ranks[i]);
        if (i > 0 && server == ServerOf(fabric, ranks[i - 1]))
        {
            counts.back()++;
            continue;
        }
        if (!seen.insert(server).second)
        {
            return 1;
        }
        counts.push_back(1);
    }
    const bool areEqual = std::adjacent_find(counts.begin(), counts.end(), std::not_equal_to<>()) == counts.end();
    return areEqual ? counts.front() : 1;
}

/// Reads a workload and makes its tasks.
class WorkloadReader
{
  public:
    WorkloadReader(TextReader& reader, const FabricGraph& fabric, InputNotes* notes)
        : m_reader(reader),
          m_fabric(fabric),
          m_notes(notes)
    {
    }

    Schedule Read()
    {
        ReadHeader();
        m_reader.Require("number of layers", 1);
        const uint64_t count = m_reader.Count(0, "number of layers", 1, UINT32_MAX, LEAST_OF_LAYER);
        while (m_layers.size() < count)
        {
            if (!m_reader.Next())
            {
                m_reader.Fail("number of layers",
                              "the second line says " + std::to_string(count) + ", the file has " +
                                  std::to_string(m_layers.size()));
            }
            m_layers.push_back(ReadLayer());
        }
        m_reader.End(m_notes, "the " + std::to_string(count) + " layers that the second line counts");
        CheckFlowCount();
        Make();
        if (m_schedule.Flows().empty())
        {
            throw InputError(m_reader.File(),
                             0,
                             "",
                             "none of its collectives has more than one rank: there are no flows");
        }
        return std::move(m_schedule);
    }

  private:
    static constexpr uint64_t LEAST_OF_LAYER = 24; //!< characters
    static constexpr std::size_t LAYER_FIELDS = 12;

    /// Reads `POLICY key: value ...`.
    void ReadHeader()
    {
        m_reader.Next();
        std::map<std::string, uint64_t> values;
        for (std::size_t i = 1; i < m_reader.Fields(); i += 2)
        {
            std::string key = m_reader.Text(i);
            key = key.back() == ':' ? key.substr(0, key.size() - 1) : key;
            if (i + 1 == m_reader.Fields())
            {
                m_reader.Fail("header", Quoted(key) + " has no value");
            }
            values[key] = m_reader.Integer(i + 1, key);
        }
        const auto value = [&](const char* key, uint64_t without) { return values.count(key) ? values[key] : without; };
        const std::size_t hosts = m_fabric.Hosts().size();
        const uint64_t all = value("all_gpus", hosts);
        const uint64_t tensor = value("model_parallel_NPU_group", 1);
        const uint64_t stages = value("pp", 1);
        const uint64_t experts = value("ep", 1);
        if (all > hosts)
        {
            m_reader.Fail("all_gpus",
                          "needs " + std::to_string(all) + " hosts, the network has " + std::to_string(hosts));
        }
        if (tensor == 0 || stages == 0 || experts == 0 || tensor > all || stages > all / tensor ||
            all % (tensor * stages) != 0 || all / (tensor * stages) % experts != 0)
        {
            m_reader.Fail(
                "header",
                FormatText("groups of model_parallel_NPU_group %llu, pp %llu and ep %llu do not divide %llu GPUs",
                           static_cast<unsigned long long>(tensor),
                           static_cast<unsigned long long>(stages),
                           static_cast<unsigned long long>(experts),
                           static_cast<unsigned long long>(all)));
        }
        if (value("checkpoints", 0) != 0 || value("checkpoint_initiates", 0) != 0)
        {
            m_reader.Fail("checkpoints", "layers that are computed again are not read");
        }
        m_ranks = static_cast<uint32_t>(all);
        m_tensor = static_cast<uint32_t>(tensor);
        m_data = static_cast<uint32_t>(all / (tensor * stages));
        m_experts = static_cast<uint32_t>(experts);
        if (stages > 1 && m_notes)
        {
            m_reader.Note(
                m_notes,
                "the " + std::to_string(stages) +
                    " pipeline stages run all layers at once; what they send to each other is left out, since the "
                    "file does not say when");
        }
    }

    int64_t Time(std::size_t field, const char* name) const
    {
        return static_cast<int64_t>(
            m_reader.Integer(field, m_reader.Text(0) + ": " + name, 0, static_cast<uint64_t>(MAX_START_NS)));
    }

    LayerCollective Collective(std::size_t field) const
    {
        constexpr std::pair<const char*, CollectiveType> NAMES[] = {{"ALLREDUCE", CollectiveType::RING_ALL_REDUCE},
                                                                    {"ALLGATHER", CollectiveType::ALL_GATHER},
                                                                    {"REDUCESCATTER", CollectiveType::REDUCE_SCATTER},
                                                                    {"ALLTOALL", CollectiveType::ALL_TO_ALL},
                                                                    {"BROADCAST", CollectiveType::BROADCAST}};
        const std::string& text = m_reader.Text(field);
        const uint64_t bytes = m_reader.Integer(field + 1, m_reader.Text(0) + ": size", 0, MAX_FLOW_BYTES);
        const std::size_t underscore = text.find('_');
        LayerCollective collective;
        collective.suffix = underscore == std::string::npos ? "" : text.substr(underscore + 1);
        const std::string name = text.substr(0, underscore);
        for (const auto& [known, type] : NAMES)
        {
            if (name == known)
            {
                collective.type = type;
            }
        }
        const bool isSuffix = collective.suffix.empty() || collective.suffix == "EP" || collective.suffix == "DP_EP" ||
                              collective.suffix == "DP";
        if ((!collective.type && text != "NONE") || !isSuffix)
        {
            m_reader.Fail(m_reader.Text(0),
                          Quoted(text) +
                              " is not NONE, ALLREDUCE, ALLGATHER, REDUCESCATTER, ALLTOALL or BROADCAST, alone or "
                              "with _EP, _DP or _DP_EP");
        }
        if (bytes == 0)
        {
            collective.type = {};
        }
        collective.bytes = std::max(bytes, SMALLEST_COLLECTIVE);
        return collective;
    }

    Layer ReadLayer() const
    {
        if (m_reader.Fields() != LAYER_FIELDS)
        {
            m_reader.Fail("layer", "has " + std::to_string(m_reader.Fields()) + " fields instead of 12");
        }
        if (m_reader.Text(1) != "-1")
        {
            m_reader.Fail(m_reader.Text(0), "a dependency other than -1, the layer before, is not read");
        }
        return {m_reader.Text(0),
                Time(2, "forward compute"),
                Collective(3),
                Time(5, "input gradient compute"),
                Collective(6),
                Time(8, "weight gradient compute"),
                Collective(9),
                Time(11, "weight update")};
    }

    /// The groups of ranks of a collective. \param isOfData without a suffix it is of the data, not of the tensors
    std::vector<std::vector<uint32_t>> GroupsOf(const LayerCollective& collective, bool isOfData) const
    {
        // rank = (stage * data + replica) * tensor + shard
        const bool isExperts = collective.suffix == "EP";
        const bool isAcross = collective.suffix == "DP_EP";
        std::vector<std::vector<uint32_t>> groups;
        if (collective.suffix.empty() && !isOfData)
        {
            for (uint32_t first = 0; first < m_ranks; first += m_tensor)
            {
                groups.emplace_back();
                for (uint32_t i = 0; i < m_tensor; i++)
                {
                    groups.back().push_back(first + i);
                }
            }
            return groups;
        }
        const uint32_t stride = isAcross ? m_experts : 1; // replicas of a group are so far apart
        const uint32_t size = isExperts ? m_experts : isAcross ? m_data / m_experts : m_data;
        for (uint32_t stage = 0; stage < m_ranks / (m_tensor * m_data); stage++)
        {
            for (uint32_t group = 0; group < m_data / size; group++)
            {
                for (uint32_t shard = 0; shard < m_tensor; shard++)
                {
                    groups.emplace_back();
                    const uint32_t first = isExperts ? group * size : isAcross ? group : 0;
                    for (uint32_t i = 0; i < size; i++)
                    {
                        groups.back().push_back((stage * m_data + first + i * stride) * m_tensor + shard);
                    }
                }
            }
        }
        return groups;
    }

    void CheckFlowCount() const
    {
        double flows = 0;
        for (const Layer& layer : m_layers)
        {
            for (const auto& [collective, isOfData] :
                 {std::pair(&layer.forward, false), std::pair(&layer.input, false), std::pair(&layer.weight, true)})
            {
                if (collective->type)
                {
                    const auto groups = GroupsOf(*collective, isOfData);
                    const auto size = static_cast<double>(groups.front().size());
                    flows += static_cast<double>(groups.size()) * 2 * size * size * MAX_CHANNELS;
                }
            }
        }
        if (flows > MAX_WORKLOAD_FLOWS)
        {
            throw InputError(m_reader.File(), 0, "", FormatText("up to %.3g flows are too many", flows));
        }
    }

    /// Adds a collective in all of its groups. \param begin task of each rank \return end of each rank
    std::vector<TaskId> AddCollectives(const LayerCollective& collective,
                                       bool isOfData,
                                       const std::string& what,
                                       const std::vector<TaskId>& begin)
    {
        std::vector<TaskId> ends = begin;
        if (!collective.type)
        {
            return ends;
        }
        for (const std::vector<uint32_t>& group : GroupsOf(collective, isOfData))
        {
            if (group.size() < 2)
            {
                continue;
            }
            std::vector<NodeId> hosts;
            std::vector<TaskId> begins;
            for (const uint32_t rank : group)
            {
                hosts.push_back(m_fabric.Hosts()[rank]);
                begins.push_back(begin[rank]);
            }
            CollectivePlan plan;
            plan.type = *collective.type;
            plan.bytes = collective.bytes;
            plan.perServer = RanksPerServer(m_fabric, hosts);
            plan.channels = plan.type == CollectiveType::ALL_TO_ALL ? 1 : std::min(plan.perServer, MAX_CHANNELS);
            if (plan.type == CollectiveType::BROADCAST)
            {
                plan.chunks = static_cast<uint32_t>(
                    std::clamp<uint64_t>(plan.bytes / plan.channels / BROADCAST_CHUNK, 1, MAX_BROADCAST_CHUNKS));
            }
            const std::string name =
                what + " of ranks " + std::to_string(group.front()) + " to " + std::to_string(group.back());
            const std::vector<TaskId> ended = AddCollective(m_schedule, plan, hosts, m_timing, name, begins);
            for (std::size_t i = 0; i < group.size(); i++)
            {
                ends[group[i]] = ended[i];
            }
        }
        return ends;
    }

    /// Adds a computation at every rank. \param after may be empty \return end of each rank
    std::vector<TaskId> AddComputes(int64_t ns, const std::vector<TaskId>& after)
    {
        std::vector<TaskId> computes;
        for (uint32_t rank = 0; rank < m_ranks; rank++)
        {
            computes.push_back(m_schedule.AddCompute({m_fabric.Hosts()[rank], ns}));
            if (!after.empty())
            {
                m_schedule.AddDependency(computes.back(), {after[rank], TaskEvent::RECEIVED, 0});
            }
        }
        return computes;
    }

    void Make()
    {
        std::vector<TaskId> last;
        for (std::size_t i = 0; i < m_layers.size(); i++)
        {
            const Layer& layer = m_layers[i];
            last = AddComputes(layer.forwardNs, last);
            last = AddCollectives(layer.forward, false, Text(i, "forward"), last);
        }
        for (std::size_t i = m_layers.size(); i-- > 0;)
        {
            const Layer& layer = m_layers[i];
            last = AddComputes(layer.inputNs, last);
            last = AddCollectives(layer.input, false, Text(i, "input gradients"), last);
            last = AddComputes(layer.weightNs, last);
            const std::vector<TaskId> ends = AddCollectives(layer.weight, true, Text(i, "weight gradients"), last);
            AddComputes(layer.updateNs, ends); // others do not wait for it
        }
    }

    std::string Text(std::size_t layer, const char* what) const
    {
        return "layer " + std::to_string(layer) + " " + Quoted(m_layers[layer].name) + ", " + what;
    }

    static constexpr uint32_t MAX_CHANNELS = 8;

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    InputNotes* m_notes;
    const CollectiveTiming m_timing = SimaiTiming();
    std::vector<Layer> m_layers;
    uint32_t m_ranks = 0;
    uint32_t m_tensor = 1;  //!< ranks that share a layer's tensors
    uint32_t m_data = 1;    //!< replicas of the model in a pipeline stage
    uint32_t m_experts = 1; //!< replicas that share experts
    Schedule m_schedule;
};

} // namespace

Schedule ReadSimaiWorkload(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* notes)
{
    return WorkloadReader(reader, fabric, notes).Read();
}

} // namespace ns3::m3
