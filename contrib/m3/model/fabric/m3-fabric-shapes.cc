// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-fabric-shapes.h"

#include "ns3/m3-input-error.h"

#include <initializer_list>
#include <string>
#include <utility>

namespace ns3::m3
{

namespace
{

void RequirePositive(std::initializer_list<std::pair<const char*, uint64_t>> values)
{
    for (const auto& [name, value] : values)
    {
        if (value == 0)
        {
            throw InputError(std::string(name) + ": must be above 0");
        }
    }
}

/// Refuses shapes that no memory holds. \param counts whose product is a number of nodes or links
void RequireBuildable(std::initializer_list<uint64_t> counts)
{
    constexpr double MAX_NODES = 50e6;
    double product = 1;
    for (uint64_t count : counts)
    {
        product *= static_cast<double>(count);
    }
    if (product > MAX_NODES)
    {
        throw InputError("the fabric is too large: more than 50 million nodes or links");
    }
}

/// Adds `racks` x `hostsPerRack` hosts, then a ToR per rack with its host links. \return the first ToR; others follow
NodeId AddRacks(FabricGraph& fabric, uint32_t racks, uint32_t hostsPerRack, uint64_t bitsPerSecond, int64_t delayNs)
{
    for (uint32_t host = 0; host < racks * hostsPerRack; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId firstTor = racks * hostsPerRack;
    for (uint32_t rack = 0; rack < racks; rack++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    for (uint32_t host = 0; host < racks * hostsPerRack; host++)
    {
        fabric.AddLink(host, firstTor + host / hostsPerRack, bitsPerSecond, delayNs);
    }
    return firstTor;
}

} // namespace

FabricGraph MakeThreeTier(const ThreeTierShape& shape)
{
    RequirePositive({{"pods", shape.pods},
                     {"racks per pod", shape.racksPerPod},
                     {"hosts per rack", shape.hostsPerRack},
                     {"planes", shape.planes},
                     {"spines per plane", shape.spinesPerPlane},
                     {"host rate", shape.hostBps},
                     {"fabric rate", shape.fabricBps}});
    RequireBuildable({shape.pods, shape.racksPerPod, uint64_t{shape.hostsPerRack} + shape.planes});
    RequireBuildable({shape.pods, shape.planes, shape.spinesPerPlane});
    FabricGraph fabric;
    const uint32_t racks = shape.pods * shape.racksPerPod;
    const NodeId firstTor = AddRacks(fabric, racks, shape.hostsPerRack, shape.hostBps, shape.delayNs);
    const NodeId firstFabricSwitch = firstTor + racks;
    const uint32_t fabricSwitches = shape.pods * shape.planes;
    const NodeId firstSpine = firstFabricSwitch + fabricSwitches;
    const uint32_t spines = shape.pods > 1 ? shape.planes * shape.spinesPerPlane : 0;
    for (uint32_t i = 0; i < fabricSwitches + spines; i++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    for (uint32_t rack = 0; rack < racks; rack++)
    {
        for (uint32_t plane = 0; plane < shape.planes; plane++)
        {
            const NodeId fabricSwitch = firstFabricSwitch + rack / shape.racksPerPod * shape.planes + plane;
            fabric.AddLink(firstTor + rack, fabricSwitch, shape.fabricBps, shape.delayNs);
        }
    }
    for (uint32_t i = 0; spines > 0 && i < fabricSwitches; i++)
    {
        for (uint32_t spine = 0; spine < shape.spinesPerPlane; spine++)
        {
            const NodeId node = firstSpine + i % shape.planes * shape.spinesPerPlane + spine;
            fabric.AddLink(firstFabricSwitch + i, node, shape.fabricBps, shape.delayNs);
        }
    }
    return fabric;
}

FabricGraph MakeLeafSpine(const LeafSpineShape& shape)
{
    RequirePositive({{"racks", shape.racks},
                     {"hosts per rack", shape.hostsPerRack},
                     {"spines", shape.spines},
                     {"host rate", shape.hostBps},
                     {"fabric rate", shape.fabricBps}});
    RequireBuildable({shape.racks, uint64_t{shape.hostsPerRack} + shape.spines});
    FabricGraph fabric;
    const NodeId firstLeaf = AddRacks(fabric, shape.racks, shape.hostsPerRack, shape.hostBps, shape.delayNs);
    const NodeId firstSpine = firstLeaf + shape.racks;
    for (uint32_t spine = 0; spine < shape.spines; spine++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    for (uint32_t rack = 0; rack < shape.racks; rack++)
    {
        for (uint32_t spine = 0; spine < shape.spines; spine++)
        {
            fabric.AddLink(firstLeaf + rack, firstSpine + spine, shape.fabricBps, shape.delayNs);
        }
    }
    return fabric;
}

} // namespace ns3::m3
