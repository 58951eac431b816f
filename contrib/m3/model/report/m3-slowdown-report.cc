// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-slowdown-report.h"

#include "quantile.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
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
    constexpr const char* NAME = "size classes";
    for (const std::string& item : SplitList(list))
    {
        const uint64_t edge = ParseBytes(NAME, item);
        if (classes.edges.empty() ? edge != 0 : edge <= classes.edges.back())
        {
            throw InputError(std::string(NAME) + ": " + Quoted(list) +
                             " needs ascending numbers of bytes that begin with 0, as in 0,1000,10KB");
        }
        classes.edges.push_back(edge);
    }
    if (classes.edges.empty())
    {
        throw InputError(std::string(NAME) + ": the list is empty");
    }
    return classes;
}

bool SizeClasses::AreValid() const
{
    return !edges.empty() && edges.front() == 0 &&
           std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
}

SlowdownReport::SlowdownReport(std::string engine, SizeClasses classes)
    : m_engine(std::move(engine)),
      m_classes(std::move(classes)),
      m_values(m_classes.Count()),
      m_flowCount(m_classes.Count(), 0),
      m_flowCountSet(m_classes.Count(), false),
      m_classIntervalsWithheld(m_classes.Count(), false),
      m_unitValues(m_classes.Count()),
      m_sampledFlows(m_classes.Count(), 0)
{
    if (!m_classes.AreValid())
    {
        throw InputError("size classes: need ascending numbers of bytes that begin with 0");
    }
}

void SlowdownReport::Add(std::size_t sizeClass, double slowdown, double weight, uint32_t stratum)
{
    CheckClass(sizeClass);
    m_values[sizeClass].emplace_back(slowdown, weight);
    if (IsSampled())
    {
        m_unitValues[sizeClass].push_back(
            {slowdown, weight, static_cast<uint32_t>(m_multiplicity.size() - 1), stratum});
    }
    if (!m_flowCountSet[sizeClass])
    {
        m_flowCount[sizeClass]++;
    }
}

void SlowdownReport::AddNote(const std::string& note)
{
    if (std::find(m_notes.begin(), m_notes.end(), note) == m_notes.end())
    {
        m_notes.push_back(note);
    }
}

const std::vector<std::string>& SlowdownReport::Notes() const
{
    return m_notes;
}

void SlowdownReport::SetKnownFlows(uint64_t known, uint64_t looked)
{
    m_allFlowsKnown = looked > 0 && known == looked;
}

bool SlowdownReport::AreAllFlowsKnown() const
{
    return m_allFlowsKnown;
}

void SlowdownReport::WithholdIntervals(const std::string& why)
{
    AddNote(why);
    m_intervalsWithheld = true;
}

void SlowdownReport::WithholdClassIntervals(std::size_t sizeClass, const std::string& why)
{
    CheckClass(sizeClass);
    AddNote(why);
    m_classIntervalsWithheld[sizeClass] = true;
}

bool SlowdownReport::AreIntervalsWithheld() const
{
    return m_intervalsWithheld;
}

double QueueingError::At(double p) const
{
    constexpr double P99 = 0.99;
    return atP99 + slope * std::max(0.0, P99 - p);
}

void SlowdownReport::SetQueueingError(const QueueingError& error)
{
    m_queueingError = error;
}

void SlowdownReport::BeginUnit(uint32_t multiplicity)
{
    m_multiplicity.push_back(multiplicity);
}

void SlowdownReport::SetSampledFlows(std::size_t sizeClass, uint64_t flows)
{
    CheckClass(sizeClass);
    m_sampledFlows[sizeClass] = flows;
}

bool SlowdownReport::IsSampled() const
{
    return !m_multiplicity.empty();
}

void SlowdownReport::SetFlowCount(std::size_t sizeClass, uint64_t flows)
{
    CheckClass(sizeClass);
    m_flowCount[sizeClass] = flows;
    m_flowCountSet[sizeClass] = true;
}

void SlowdownReport::SetUnfinished(uint64_t flows, const std::string& reasons)
{
    m_unfinished = flows;
    m_unfinishedReasons = reasons;
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
    if (m_multiplicity.size() == 1 && m_multiplicity.front() == 1 && IsPartial())
    {
        WithholdIntervals("a single window or path does not tell how they differ: there is no interval");
    }
}

const std::string& SlowdownReport::Engine() const
{
    return m_engine;
}

void SlowdownReport::SetEngine(const std::string& name)
{
    m_engine = name;
}

const SizeClasses& SlowdownReport::Classes() const
{
    return m_classes;
}

uint64_t SlowdownReport::FlowCount(std::size_t sizeClass) const
{
    CheckClass(sizeClass);
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

std::string SlowdownReport::UnfinishedText() const
{
    if (m_unfinished == 0)
    {
        return "";
    }
    return CountText(m_unfinished) + " flows did not finish and are left out" +
           (m_unfinishedReasons.empty() ? "" : " (" + m_unfinishedReasons + ")");
}

void SlowdownReport::CheckClass(std::size_t sizeClass) const
{
    if (sizeClass >= m_classes.Count())
    {
        throw InputError("there are size classes 0 to " + std::to_string(m_classes.Count() - 1) + ", no class " +
                         std::to_string(sizeClass));
    }
}

double SlowdownReport::ClassQuantile(std::size_t sizeClass, double p) const
{
    CheckClass(sizeClass);
    CheckLevel("a quantile", p);
    const auto& values = m_values[sizeClass];
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : WeightedQuantile(values, p);
}

double SlowdownReport::OverallQuantile(double p) const
{
    CheckLevel("a quantile", p);
    return m_all.empty() ? std::numeric_limits<double>::quiet_NaN() : WeightedQuantile(m_all, p);
}

double SlowdownReport::ClassMean(std::size_t sizeClass) const
{
    CheckClass(sizeClass);
    return Mean(m_values[sizeClass]);
}

double SlowdownReport::OverallMean() const
{
    return Mean(m_all);
}

} // namespace ns3::m3
