// SPDX-License-Identifier: GPL-2.0-only
#include "space-parts.h"

#include "core/text-format.h"
#include "workload/flow-generator.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ns3::m3
{

namespace
{

TrafficMatrix DrawMatrix(RandomStream& random, const FabricGraph& fabric)
{
    std::set<NodeId> tors;
    for (NodeId host : fabric.Hosts())
    {
        tors.insert(fabric.TopOfRack(host));
    }
    const std::size_t racks = tors.size();
    const double kind = random.Uniform();
    if (kind < 0.35)
    {
        return TrafficMatrix::Uniform(fabric);
    }
    std::vector<std::vector<double>> weights(racks, std::vector<double>(racks, 1));
    if (kind < 0.85)
    {
        // skewed: lognormal weights of racks and of pairs, and of staying within the rack
        const double rackSigma = random.Uniform(0, 1);
        const double pairSigma = random.Uniform(0, 2);
        const double local = random.LogUniform(0.1, 1000);
        std::vector<double> out(racks);
        std::vector<double> in(racks);
        for (std::size_t rack = 0; rack < racks; rack++)
        {
            out[rack] = std::exp(rackSigma * random.Normal());
            in[rack] = std::exp(rackSigma * random.Normal());
        }
        for (std::size_t from = 0; from < racks; from++)
        {
            for (std::size_t to = 0; to < racks; to++)
            {
                weights[from][to] =
                    out[from] * in[to] * std::exp(pairSigma * random.Normal()) * (from == to ? local : 1);
            }
        }
    }
    else
    {
        // incast-like: one rack receives most
        const std::size_t hot = random.Integer(0, racks - 1);
        const double factor = random.LogUniform(3, 30);
        for (std::size_t from = 0; from < racks; from++)
        {
            weights[from][hot] *= factor;
        }
    }
    return TrafficMatrix(fabric, weights);
}

/// Any mixture of sizes, from all alike to very small and very large ones and nothing between. \param minMean bytes
Sizes DrawSizeTable(RandomStream& random, double minMean)
{
    constexpr double MAX_MEAN = 1e6;
    constexpr double MIN_SIZE = 60;
    constexpr double MAX_SIZE = 3e7;
    while (true)
    {
        std::vector<double> sizes(Between(random, 3, 9));
        for (double& size : sizes)
        {
            size = std::round(random.LogUniform(MIN_SIZE, MAX_SIZE));
        }
        std::sort(sizes.begin(), sizes.end());
        std::vector<CdfPoint> points{{sizes[0], 0}};
        double sum = 0;
        for (std::size_t i = 1; i < sizes.size(); i++)
        {
            sum += random.LogUniform(0.01, 1); // a share may be a hundredth of another
            points.emplace_back(std::max(sizes[i], points.back().first + 1), sum);
        }
        for (CdfPoint& point : points)
        {
            point.second *= 100 / sum;
        }
        points.back().second = 100;
        Sizes drawn(points);
        if (drawn.distribution->Mean() >= minMean && drawn.distribution->Mean() <= MAX_MEAN)
        {
            return drawn;
        }
    }
}

} // namespace

Sizes::Sizes(const std::string& name)
    : text(name),
      distribution(ParseSizeDistribution(name))
{
}

Sizes::Sizes(const std::vector<CdfPoint>& points)
    : distribution(MakeTableDistribution(points))
{
    text = FormatText("table:%.0f,%zu", distribution->Mean(), points.size());
}

Sizes DrawSizes(RandomStream& random, double minMean)
{
    const double kind = random.Uniform();
    if (kind < 0.3)
    {
        return Sizes(Choose<std::string>(random, {"WebSearch", "AliStorage", "GoogleRPC", "FbHdp"}));
    }
    if (kind < 0.65)
    {
        return DrawSizeTable(random, minMean);
    }
    const double mean = random.LogUniform(minMean, 600'000);
    const auto with = [](const char* name, double first, double second)
    { return Sizes(FormatText("%s:%.0f,%.2f", name, first, second)); };
    switch (random.Integer(0, 9))
    {
    case 0:
        return Sizes("constant:" + std::to_string(std::llround(mean)));
    case 1:
    case 2:
        return Sizes("exponential:" + std::to_string(std::llround(mean)));
    case 3:
        return with("gaussian", mean, mean * random.Uniform(0.1, 0.5));
    case 4:
    case 5:
        return with("pareto", mean, random.Uniform(1.1, 2));
    default:
        return with("lognormal", mean, random.Uniform(1, 3));
    }
}

double TrafficDraw::Affordable(double bytes) const
{
    constexpr double MEAN_HOPS = 4;
    return packetHops / (MEAN_HOPS * (bytes / config.payloadBytes + 1));
}

void DrawOpenLoop(TrafficDraw& draw, const OpenLoop& of)
{
    RandomStream& random = draw.random;
    const TrafficMatrix matrix = DrawMatrix(random, draw.fabric);
    const Sizes sizes = of.sizes(random);
    draw.meanSize = sizes.distribution->Mean();
    TrafficSpec spec;
    spec.load = random.Uniform(of.minLoad, of.maxLoad);
    spec.lognormalSigma = random.Uniform() < 0.2 ? 0 : random.Uniform(0.5, 2.2);
    spec.headerBytes = draw.config.HeaderBytes();
    spec.payloadBytes = draw.config.payloadBytes;
    spec.seed = random.Integer(1, 1'000'000'000);
    const double affordable = draw.Affordable(draw.meanSize);
    spec.flows = static_cast<uint64_t>(std::clamp(affordable * random.Uniform(0.5, 1), 500.0, 400'000.0));
    draw.flows = GenerateFlows(draw.fabric, draw.routes, matrix, *sizes.distribution, spec);
    draw.text = FormatText("%s, load %.2f, sigma %.2f", sizes.text.c_str(), spec.load, spec.lognormalSigma);
}

} // namespace ns3::m3
