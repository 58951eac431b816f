#include "slowdown-report.h"

#include "quantile.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace ns3::m3
{

namespace
{

std::string BytesText(uint64_t bytes)
{
    if (bytes >= 1'000'000 && bytes % 1'000'000 == 0)
    {
        return std::to_string(bytes / 1'000'000) + " MB";
    }
    return bytes >= 1000 && bytes % 1000 == 0 ? std::to_string(bytes / 1000) + " KB" : std::to_string(bytes) + " B";
}

double Mean(const std::vector<std::pair<double, double>>& values)
{
    double sum = 0;
    double weights = 0;
    for (const auto& [value, weight] : values)
    {
        sum += value * weight;
        weights += weight;
    }
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / weights;
}

} // namespace

std::size_t SizeClasses::ClassOf(uint64_t sizeBytes) const
{
    return std::upper_bound(edges.begin(), edges.end(), sizeBytes) - edges.begin() - 1;
}

std::string SizeClasses::Name(std::size_t index) const
{
    const std::string high = index + 1 < edges.size() ? BytesText(edges[index + 1]) : "inf";
    return "[" + (edges[index] ? BytesText(edges[index]) : "0") + ", " + high + ")";
}

SizeClasses SizeClasses::Parse(const std::string& list)
{
    SizeClasses classes;
    classes.edges.clear();
    std::istringstream stream(list);
    for (std::string item; std::getline(stream, item, ',');)
    {
        uint64_t edge = 0;
        const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), edge);
        if (error != std::errc() || end != item.data() + item.size() ||
            (classes.edges.empty() ? edge != 0 : edge <= classes.edges.back()))
        {
            throw std::invalid_argument("size classes '" + list +
                                        "': need ascending numbers of bytes that begin with 0, as in 0,1000,10000");
        }
        classes.edges.push_back(edge);
    }
    if (classes.edges.empty())
    {
        throw std::invalid_argument("size classes: the list is empty");
    }
    return classes;
}

SlowdownReport::SlowdownReport(std::string engine, SizeClasses classes)
    : m_engine(std::move(engine)),
      m_classes(std::move(classes)),
      m_values(m_classes.Count()),
      m_flowCount(m_classes.Count(), 0),
      m_flowCountSet(m_classes.Count(), false)
{
}

void SlowdownReport::Add(std::size_t sizeClass, double slowdown, double weight)
{
    m_values[sizeClass].emplace_back(slowdown, weight);
    if (!m_flowCountSet[sizeClass])
    {
        m_flowCount[sizeClass]++;
    }
}

void SlowdownReport::SetFlowCount(std::size_t sizeClass, uint64_t flows)
{
    m_flowCount[sizeClass] = flows;
    m_flowCountSet[sizeClass] = true;
}

void SlowdownReport::SetUnfinished(uint64_t flows)
{
    m_unfinished = flows;
}

void SlowdownReport::Finish()
{
    m_all.clear();
    for (std::size_t i = 0; i < m_values.size(); i++)
    {
        auto& values = m_values[i];
        std::sort(values.begin(), values.end());
        double weights = 0;
        for (const auto& [value, weight] : values)
        {
            weights += weight;
        }
        if (m_flowCount[i] == 0)
        {
            continue;
        }
        const double scale = static_cast<double>(m_flowCount[i]) / weights;
        const std::size_t middle = m_all.size();
        for (const auto& [value, weight] : values)
        {
            m_all.emplace_back(value, weight * scale);
        }
        std::inplace_merge(m_all.begin(), m_all.begin() + static_cast<std::ptrdiff_t>(middle), m_all.end());
    }
}

const std::string& SlowdownReport::Engine() const
{
    return m_engine;
}

const SizeClasses& SlowdownReport::Classes() const
{
    return m_classes;
}

uint64_t SlowdownReport::FlowCount(std::size_t sizeClass) const
{
    return m_flowCount[sizeClass];
}

uint64_t SlowdownReport::FlowCount() const
{
    return std::accumulate(m_flowCount.begin(), m_flowCount.end(), uint64_t{0});
}

uint64_t SlowdownReport::Unfinished() const
{
    return m_unfinished;
}

double SlowdownReport::ClassQuantile(std::size_t sizeClass, double p) const
{
    const auto& values = m_values[sizeClass];
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : WeightedQuantile(values, p);
}

double SlowdownReport::OverallQuantile(double p) const
{
    return m_all.empty() ? std::numeric_limits<double>::quiet_NaN() : WeightedQuantile(m_all, p);
}

double SlowdownReport::ClassMean(std::size_t sizeClass) const
{
    return Mean(m_values[sizeClass]);
}

double SlowdownReport::OverallMean() const
{
    return Mean(m_all);
}

} // namespace ns3::m3
