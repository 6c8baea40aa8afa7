from django.urls import path

from partnerships.views import desk_offers, needs, offers

urlpatterns = [
    path("offer/", offers.offer_start, name="offer_start"),
    path("offer/<str:reference>/", offers.offer_tasks, name="offer_tasks"),
    path("offer/<str:reference>/check/", offers.offer_check, name="offer_check"),
    path("offer/<str:reference>/submitted/", offers.offer_submitted, name="offer_submitted"),
    path("offer/<str:reference>/<str:step>/", offers.offer_step, name="offer_step"),
    path("my/offers/", offers.my_offers, name="my_offers"),
    path("my/offers/<str:reference>/", offers.my_offer, name="my_offer"),
    path("my/offers/<str:reference>/matches/", offers.my_offer_matches, name="my_offer_matches"),
    path("my/offers/<str:reference>/reply/", offers.my_offer_reply, name="my_offer_reply"),
    path("my/offers/<str:reference>/withdraw/", offers.my_offer_withdraw, name="my_offer_withdraw"),
    path("needs/", needs.need_list, name="need_list"),
    path("needs/feed.atom", needs.need_feed, name="need_feed"),
    path("needs/<str:reference>/", needs.need_detail, name="need_detail"),
    path("desk/needs/", needs.desk_needs, name="desk_needs"),
    path("desk/needs/new/", needs.desk_need_new, name="desk_need_new"),
    path("desk/needs/<str:reference>/", needs.desk_need, name="desk_need"),
    path("desk/needs/<str:reference>/edit/", needs.desk_need_edit, name="desk_need_edit"),
    path("desk/needs/<str:reference>/publish/", needs.desk_need_publish, name="desk_need_publish"),
    path("desk/needs/<str:reference>/settle/", needs.desk_need_settle, name="desk_need_settle"),
    path("desk/offers/", desk_offers.desk_offers, name="desk_offers"),
    path("desk/offers/<str:reference>/", desk_offers.desk_offer, name="desk_offer"),
    path("desk/offers/<str:reference>/matches/", desk_offers.desk_offer_matches, name="desk_offer_matches"),
    path("desk/offers/<str:reference>/<str:act>/", desk_offers.desk_offer_act, name="desk_offer_act"),
]
