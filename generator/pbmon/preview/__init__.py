"""A page that draws every dashboard with series that pbmon makes up: how it looks when all is well,
and while an alert fires.

    timeline   the shown time, and the moments at which levels are decided
    series     the scraped series of every metric: which there are, what they do when all is well
    incidents  the series of an alert's proof, laid over these
    records    recorded series and ALERTS, computed by the engine
    scenarios  one situation: its series, and the answers to every query of a dashboard
    pages      what the page shows beside the dashboards: alerts, runbooks
    html       one file that holds it all
    server     the same on 127.0.0.1
    pictures   of its dashboards, taken by a Chromium
"""
