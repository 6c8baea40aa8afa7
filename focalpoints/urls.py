from django.urls import path

from focalpoints.views import directory, news, newsletter, subscribers

app_name = "focalpoints"
urlpatterns = [
    path("directory/", directory.directory, name="directory"),
    path("directory/focal-points.csv", directory.directory_csv, name="directory_csv"),
    path("directory/focal-points.vcf", directory.directory_vcards, name="directory_vcards"),
    path("directory/coverage/", directory.directory_coverage, name="directory_coverage"),
    path("directory/new/", directory.directory_new, name="directory_new"),
    path("directory/confirm/<str:token>/", directory.entry_confirm, name="entry_confirm"),
    path("directory/<int:pk>/", directory.directory_entry, name="directory_entry"),
    path("directory/<int:pk>/vcard/", directory.directory_vcard, name="directory_vcard"),
    path("directory/<int:pk>/edit/", directory.directory_edit, name="directory_edit"),
    path("directory/<int:pk>/confirm/", directory.directory_confirm, name="directory_confirm"),
    path("directory/<int:pk>/hand-over/", directory.directory_hand_over, name="directory_hand_over"),
    path("subscribe/", subscribers.subscribe, name="subscribe"),
    path("confirm/<str:token>/", subscribers.confirm, name="confirm"),
    path("preferences/<str:token>/", subscribers.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", subscribers.unsubscribe, name="unsubscribe"),
    path("new-link/<slug:kind>/<str:token>/", subscribers.new_link, name="new_link"),
    path("news/", news.news, name="news"),
    path("news/feed/<slug:language>/", news.news_feed, name="news_feed"),
    path("news/<int:number>/", news.news_issue, name="news_issue"),
    path("news/<int:number>/useful/", news.news_useful, name="news_useful"),
    path("newsletter/", newsletter.newsletter_list, name="newsletter_list"),
    path("newsletter/<int:number>/", newsletter.newsletter_issue, name="newsletter_issue"),
    path("newsletter/<int:number>/details/", newsletter.newsletter_details, name="newsletter_details"),
    path("newsletter/<int:number>/title/", newsletter.newsletter_title, name="newsletter_title"),
    path("newsletter/<int:number>/write/", newsletter.newsletter_item, name="newsletter_write"),
    path("newsletter/<int:number>/items/<int:pk>/", newsletter.newsletter_item, name="newsletter_item"),
    path("newsletter/<int:number>/pick/", newsletter.newsletter_pick, name="newsletter_pick"),
    path("newsletter/<int:number>/arrange/", newsletter.newsletter_arrange, name="newsletter_arrange"),
    path("newsletter/<int:number>/move/", newsletter.newsletter_move, name="newsletter_move"),
    path("newsletter/<int:number>/test/", newsletter.newsletter_test, name="newsletter_test"),
    path("newsletter/<int:number>/preview/", newsletter.newsletter_preview, name="newsletter_preview"),
    path(
        "newsletter/<int:number>/preview/html/",
        newsletter.newsletter_preview_html,
        name="newsletter_preview_html",
    ),
]
