// SPDX-License-Identifier: GPL-2.0-only
#include "fabric-places.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

namespace ns3::m3
{

namespace
{

constexpr uint32_t RACK_TIER = 1;
constexpr uint32_t POD_TIER = 2;
constexpr uint32_t SPINE_TIER = 3;

/// "4:1" from numbers that have two digits at most behind the point.
std::string NumberText(double value)
{
    std::string text = std::to_string(static_cast<uint64_t>(value * 100 + 0.5));
    text.insert(0, text.size() < 3 ? 3 - text.size() : 0, '0');
    text.insert(text.size() - 2, ".");
    while (text.back() == '0')
    {
        text.pop_back();
    }
    return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

} // namespace

FabricPlaces::FabricPlaces(const FabricGraph& fabric)
    : m_fabric(fabric),
      m_tier(fabric.NodeCount(), NONE),
      m_rack(fabric.NodeCount(), NONE),
      m_pod(fabric.NodeCount(), NONE)
{
    FindTiers();
    FindRacks();
    FindPods();
    SumRates();
}

void FabricPlaces::FindTiers()
{
    std::vector<NodeId> queue = m_fabric.Hosts();
    for (const NodeId host : queue)
    {
        m_tier[host] = 0;
    }
    for (std::size_t next = 0; next < queue.size(); next++)
    {
        const NodeId node = queue[next];
        for (const LinkId link : m_fabric.EgressLinks(node))
        {
            const NodeId to = m_fabric.Link(link).to;
            if (m_tier[to] == NONE)
            {
                m_tier[to] = m_tier[node] + 1;
                queue.push_back(to);
            }
        }
    }
}

void FabricPlaces::FindRacks()
{
    std::set<NodeId> tops;
    for (const NodeId host : m_fabric.Hosts())
    {
        tops.insert(m_fabric.TopOfRack(host));
    }
    for (const NodeId top : tops)
    {
        m_rack[top] = m_racks++;
    }
    for (const NodeId host : m_fabric.Hosts())
    {
        m_rack[host] = m_rack[m_fabric.TopOfRack(host)];
    }
}

void FabricPlaces::FindPods()
{
    const bool hasSpines =
        std::any_of(m_tier.begin(), m_tier.end(), [](uint32_t tier) { return tier != NONE && tier >= SPINE_TIER; });
    std::vector<NodeId> root(m_fabric.NodeCount());
    std::iota(root.begin(), root.end(), 0U);
    const std::function<NodeId(NodeId)> find = [&root](NodeId node)
    {
        while (root[node] != node)
        {
            node = root[node] = root[root[node]];
        }
        return node;
    };
    for (LinkId link = 0; link < m_fabric.LinkCount(); link += 2)
    {
        const auto [low, high] = std::minmax(m_tier[m_fabric.Link(link).from], m_tier[m_fabric.Link(link).to]);
        if (!hasSpines || (low >= RACK_TIER && high <= POD_TIER))
        {
            root[find(m_fabric.Link(link).from)] = find(m_fabric.Link(link).to);
        }
    }
    std::vector<uint32_t> podOf(m_fabric.NodeCount(), NONE);
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        if (m_rack[node] != NONE && (m_tier[node] == RACK_TIER || !hasSpines || m_tier[node] == 0))
        {
            // a host that is a rack of its own counts, too
            const NodeId of = find(m_tier[node] == 0 ? m_fabric.TopOfRack(node) : node);
            podOf[of] = podOf[of] == NONE ? m_pods++ : podOf[of];
        }
    }
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        m_pod[node] = podOf[find(m_tier[node] == 0 ? m_fabric.TopOfRack(node) : node)];
    }
}

void FabricPlaces::SumRates()
{
    m_rackBelow.resize(m_racks);
    m_rackAbove.resize(m_racks);
    m_podBelow.resize(m_pods);
    m_podAbove.resize(m_pods);
    for (LinkId id = 0; id < m_fabric.LinkCount(); id++)
    {
        const FabricLink& link = m_fabric.Link(id);
        const auto rate = static_cast<double>(link.bitsPerSecond);
        const uint32_t from = m_tier[link.from];
        const uint32_t to = m_tier[link.to];
        if (from == 0 && to == RACK_TIER && m_rack[link.to] != NONE)
        {
            m_rackBelow[m_rack[link.to]] += rate;
        }
        else if (from == RACK_TIER && to == POD_TIER)
        {
            if (m_rack[link.from] != NONE)
            {
                m_rackAbove[m_rack[link.from]] += rate;
            }
            if (m_pod[link.from] != NONE)
            {
                m_podBelow[m_pod[link.from]] += rate;
            }
        }
        else if (from == POD_TIER && to == SPINE_TIER && m_pod[link.from] != NONE)
        {
            m_podAbove[m_pod[link.from]] += rate;
        }
    }
}

std::string FabricPlaces::NameOf(LinkId link) const
{
    const auto nameOf = [this](NodeId node)
    { return (m_fabric.IsHost(node) ? "host " : "switch ") + std::to_string(node); };
    return nameOf(m_fabric.Link(link).from) + " to " + nameOf(m_fabric.Link(link).to);
}

std::string FabricPlaces::RatioText(double below, double above) const
{
    return above > 0 && below > above ? NumberText(below / above) + ":1" : "";
}

LinkPlace FabricPlaces::PlaceOf(LinkId id) const
{
    const FabricLink& link = m_fabric.Link(id);
    const uint32_t from = m_tier[link.from];
    const uint32_t to = m_tier[link.to];
    const auto placed = [](const std::string& what, const std::string& of, uint32_t number, const std::string& ratio) {
        return LinkPlace{what + of + ' ' + std::to_string(number), what + of + 's', ratio};
    };
    if (from == 0 && to == RACK_TIER && m_rack[link.to] != NONE)
    {
        return placed("links from the hosts of ", "rack", m_rack[link.to], "");
    }
    if (from == RACK_TIER && to == 0 && m_rack[link.from] != NONE)
    {
        return placed("links to the hosts of ", "rack", m_rack[link.from], "");
    }
    if (from == RACK_TIER && to == POD_TIER && m_rack[link.from] != NONE)
    {
        const uint32_t rack = m_rack[link.from];
        return placed("uplinks of ", "rack", rack, RatioText(m_rackBelow[rack], m_rackAbove[rack]));
    }
    if (from == POD_TIER && to == RACK_TIER && m_rack[link.to] != NONE)
    {
        return placed("downlinks of ", "rack", m_rack[link.to], "");
    }
    if (from == POD_TIER && to == SPINE_TIER && m_pod[link.from] != NONE)
    {
        const uint32_t pod = m_pod[link.from];
        return placed("uplinks of ", "pod", pod, RatioText(m_podBelow[pod], m_podAbove[pod]));
    }
    if (from == SPINE_TIER && to == POD_TIER && m_pod[link.to] != NONE)
    {
        return placed("downlinks of ", "pod", m_pod[link.to], "");
    }
    const bool ofHosts = from == 0 && to == 0;
    return {ofHosts ? "links between hosts" : "other links", ofHosts ? "links between hosts" : "other links", ""};
}

} // namespace ns3::m3
